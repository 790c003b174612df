"""Scripts by which a page loses its devices, as it does when they crash.

In: when. Out: JavaScript that runs before the page's own.
"""

from __future__ import annotations


def lost_at_once(count: int) -> str:
    """The first `count` devices go as soon as they are there."""
    return f"""
      const request = GPUAdapter.prototype.requestDevice;
      let left = {count};
      GPUAdapter.prototype.requestDevice = async function (...all) {{
        const device = await request.apply(this, all);
        if (left-- > 0) device.destroy();
        return device;
      }};
    """


def lost_at_submit(nth: int) -> str:
    """The device of a page's nth submit goes after it."""
    return f"""
      const submit = GPUQueue.prototype.submit, ask = GPUAdapter.prototype.requestDevice;
      const devices = new WeakMap();
      GPUAdapter.prototype.requestDevice = async function (...all) {{
        const device = await ask.apply(this, all);
        devices.set(device.queue, device);
        return device;
      }};
      let submits = 0;
      GPUQueue.prototype.submit = function (all) {{
        submit.call(this, all);
        if (++submits === {nth}) devices.get(this).destroy();
      }};
    """

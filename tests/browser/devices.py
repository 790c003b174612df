"""Scripts by which a page loses its devices, as it does when they crash.

In: when. Out: JavaScript that runs before the page's own.
"""

from __future__ import annotations

# `devices` has the device of each queue.
DEVICES = """
  window.devices = new WeakMap();
  {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...all) {
      const device = await requestDevice.apply(this, all);
      devices.set(device.queue, device);
      return device;
    };
  }
"""


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
    return f"""{DEVICES}
      const {{ submit }} = GPUQueue.prototype;
      let submits = 0;
      GPUQueue.prototype.submit = function (all) {{
        submit.call(this, all);
        if (++submits === {nth}) devices.get(this).destroy();
      }};
    """

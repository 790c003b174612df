"""Workloads as ONNX files, for ONNX Runtime: one operator each. Written by hand: protocol buffers are few rules.

Source: onnx.proto3 (the numbers of fields) and the specification of protocol buffers' wire format.
"""

from __future__ import annotations

from .workloads import Array, Workload

FLOAT, INTS, INT = 1, 7, 2  # of TensorProto.DataType and AttributeProto.AttributeType
OPSET = 13


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    """One field of a message: a number, or a text or a message with its length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    """ValueInfoProto of a float tensor."""
    sizes = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, sizes)))


def _tensor(name: str, array: Array) -> bytes:
    """TensorProto with its numbers."""
    sizes = b"".join(_field(1, size) for size in array.shape)
    return sizes + _field(2, FLOAT) + _field(8, name) + _field(9, array.astype("<f4").tobytes())


def _attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, INT)
    return _field(1, name) + b"".join(_field(8, each) for each in value) + _field(20, INTS)


def channels_first(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Images have their channels there in ONNX; matrices stay as they are."""
    return (shape[0], shape[3], *shape[1:3]) if len(shape) == 4 else shape


def model(workload: Workload, outputs: dict[str, Array]) -> bytes:
    """ModelProto of a product or a convolution. Weights lie in the file, so that they can be prepared."""
    form = workload.settings.get("form", "")
    operator, attributes = {
        "nn": ("MatMul", {}),
        "": ("Conv", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
    }.get(form, ("Gemm", {"transA": int(form[:1] == "t"), "transB": int(form[1:] == "t")}))
    node = b"".join(_field(1, name) for name in workload.arrays)
    node += b"".join(_field(2, name) for name in outputs) + _field(4, operator)
    node += b"".join(_field(5, _attribute(name, value)) for name, value in attributes.items())
    graph = _field(1, node) + _field(2, workload.name)
    for name, array in workload.arrays.items():
        if name in workload.weights:
            graph += _field(5, _tensor(name, array.transpose(3, 2, 0, 1)))
        else:
            graph += _field(11, _value(name, channels_first(array.shape)))
    graph += b"".join(_field(12, _value(name, channels_first(array.shape))) for name, array in outputs.items())
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, OPSET))

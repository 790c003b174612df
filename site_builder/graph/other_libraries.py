"""Names that NumPy and PyTorch have, and what is written here instead: tables that `habits.py` reads.

Where both libraries agree on a name it is the word here too, and stands in no table.
"""

from __future__ import annotations

from collections.abc import Mapping


def _table(text: str) -> Mapping[str, str]:
    """Names, a colon, and what is said of each of them: in a line, or in several of which the others are indented."""
    rows = (row.partition(": ") for row in text.strip().replace("\n    ", " ").splitlines())
    return {name: said for names, _, said in rows for name in names.split()}


# Attributes of a tensor.
OF_TENSORS = _table("""
item numpy tolist values: Its numbers are there when a program has run: a program returns it by a name, and
    runner.read(name) reads it
cpu cuda device is_cuda: A model has no device: whoever runs it chooses one
to type_as: cast(x, "i32") or cast(x, "f32"), and there are no devices: whoever runs a model chooses one
backward grad retain_grad zero_grad: Within a program, nn.SGD(0.1).minimise(loss, model) differentiates and updates;
    gradients(loss, [w]) only gives gradients
clone copy contiguous: A tensor never changes, so that it needs no copy
copy_ zero_ fill_ add_ sub_ mul_ div_ clamp_ relu_ masked_fill_: A tensor never changes: x = x + 1 gives another, and
    model.assign(state, value) changes a state
data is_leaf: The tensor itself; stop_gradient(x) is x without a gradient
view resize view_as reshape_as: x.reshape(2, -1)
expand expand_as: broadcast(x, shape), along axes of length 1, as operators do by themselves
repeat: x.tile(2, 1), PyTorch's repeat, or x.repeat_interleave(2, axis), NumPy's
unfold: sliding_window_view(x, window, axis)
masked_select where: where(mask, a, b)
int long: cast(x, "i32")
bool: x != 0
half double: f32, as all floats are: x.float()
nonzero unique: A shape is known before numbers are: where(mask, x, 0.0) keeps it, argmax(mask) is the first place
dim ndimension: x.ndim
numel nelement: x.size
topk: top_k(x, k)
sort: sort(x, axis)
split chunk tensor_split: split(x, parts, axis)
movedim: x.moveaxis(source, destination)
swapdims: x.swapaxes(axis1, axis2)
median: x.quantile(0.5, axis)
inverse: inv(x)
solve: solve(a, b)
at index_put index_put_: update_at(x, index, row), which replaces a row, or index_add(x, indices, values), which adds to
    several
index_add index_add_ scatter_add scatter_add_: index_add(x, indices, values) or scatter_add(x, indices, values)
gather index_select take: x[rows] for rows, x[:, places] along another axis, take_along_axis(x, indices, axis) for
    places of each row's own
bernoulli bernoulli_: bernoulli(shape, p, stream)
mm bmm mv: a @ b
add: a + b
sub subtract: a - b
mul multiply: a * b
div divide: a / b
neg: -x
eq ne lt gt le ge equal not_equal less greater less_equal greater_equal: a == b, a != b, a < b, a > b, a <= b, a >= b
amax: x.max(axis)
amin: x.min(axis)
new_zeros: zeros(shape)
new_ones: ones(shape)
""")

# Words of NumPy, torch and torch.nn.functional.
OF_WORDS = _table("""
array asarray tensor as_tensor from_numpy: constant(numbers)
cat concat hstack vstack: concatenate([a, b], axis)
unsqueeze: expand_dims(x, axis), or x[:, None]
mm bmm mv inner: a @ b
abs fabs: absolute(x), or abs(x)
pow float_power: power(a, b), or a ** b
mod: a % b
fmod: a - trunc(a / b) * b, where a % b has the sign of b
logical_xor: a != b, of two masks
arcsin arccos arctan arctanh: asin(x), acos(x), atan(x), atanh(x)
arctan2: atan2(y, x)
median: quantile(x, 0.5, axis)
percentile: quantile(x, q / 100, axis)
clamp: clip(x, low, high)
amax nanmax: max(x, axis)
amin nanmin: min(x, axis)
add: a + b
sub subtract: a - b
mul multiply: a * b
div divide true_divide: a / b
neg negative: -x
eq: a == b
isclose allclose: absolute(a - b) < tolerance
ne lt gt le ge greater greater_equal: a != b, a < b, a > b, a <= b, a >= b
permute permute_dims: transpose(x, axes)
view resize: reshape(x, shape)
broadcast_to expand: broadcast(x, shape)
repeat: tile(x, repeats), PyTorch's repeat, or repeat_interleave(x, repeats, axis), NumPy's
unfold: sliding_window_view(x, window, axis)
chunk: split(x, parts, axis)
topk: top_k(x, k)
select: where(condition, a, b)
argwhere unique: A shape is known before numbers are: where(mask, x, 0.0) keeps it, argmax(mask) is the first
    place
index_select take embedding: table[rows]
newaxis: None, as x[:, None]
float32 float64 float float16 half: "f32", as cast(x, "f32")
int64 int32 long int: "i32", as cast(x, "i32")
uint32: "u32", as cast(x, "u32")
pi e inf nan: Python's math has it; a large number stands for infinity, as -1e30
rand random: uniform(shape, stream)
randn: normal(shape, stream)
randint: random_index(shape, bound, stream)
multinomial: categorical(logits, stream)
manual_seed seed: model.seed, which the host sets
no_grad inference_mode enable_grad: Nothing is differentiated unless `minimise` or `gradients` asks, and
    stop_gradient(x) is x without a gradient
grad autograd vjp: gradients(loss, [w])
hessian: vmap(lambda v: gradients(sum(d * v), [w])[0])(eye(n)), where d is gradients(loss, [w])[0], for a vector w [n]
jacobian jacrev jacfwd: vmap(lambda v: gradients(sum(y * v), [w])[0])(eye(n)), for a vector y [n]
func: vmap(f), gradients(loss, [w]), nn.functional_call(net, parameters, x)
hvp vhp: gradients(sum(d * v), [w])[0], where d is gradients(loss, [w])[0]
fori_loop associative_scan: scan(f, initial, xs), as scan(lambda carry, i: (carry + i, None), 0, iota(3))[0]
while_loop cond: scan(f, initial, xs), a number of times that is known, where(condition, a, b) keeps what is to stay
inverse: inv(x)
linalg: solve(a, b): all words stand in site_builder.graph, as inv, det, cholesky and norm
cdist pdist: norm(a[:, None] - b, -1)
movedim: moveaxis(x, source, destination)
swapdims: swapaxes(x, axis1, axis2)
bincount: sum(one_hot(x, n), 0)
detach: stop_gradient(x)
conv1d conv2d: convolution(x, weights, stride, padding), channels last
conv_transpose1d conv_transpose2d: transposed_convolution(x, weights, stride, padding), channels last
max_pool1d max_pool2d: max_pool(x, window, stride), channels last
avg_pool1d avg_pool2d: average_pool(x, window, stride), channels last
adaptive_avg_pool1d adaptive_avg_pool2d: adaptive_average_pool(x, size), channels last
upsample: interpolate(x, size), channels last
linear: x @ weight + bias
mse_loss: mean(square(a - b))
huber_loss smooth_l1_loss: mean(where(d < 1, d * d / 2, d - 0.5)), where d is absolute(a - b)
kl_div: sum(p * (log(p) - log(q)), -1), or of logits by log_softmax
entropy: -sum(softmax(logits) * log_softmax(logits), -1)
distributions: A draw is normal(shape, stream) or categorical(logits, stream), and a density is written out, as
    take_along_axis(log_softmax(logits), actions[..., None], -1)
lerp: a + share * (b - a)
odeint: scan(step, y, times), where step is one of Euler's or Runge's and Kutta's: (y + dt * f(y), y)
jvp: gradients(sum(gradients(sum(y * u), [x])[0] * v), [u])[0], where u is zeros_like(y)
unbind unstack: a, b = x, along the first axis
column_stack: stack([a, b], axis)
hypot: sqrt(a * a + b * b)
l1_loss: mean(absolute(a - b))
nll_loss: cross_entropy(logits, labels), of which the mean is the loss
binary_cross_entropy_with_logits: binary_cross_entropy(logits, targets)
scaled_dot_product_attention: attention(q, k, v)
normalize: l2_normalise(x)
gumbel_softmax: softmax((logits + gumbel(logits.shape, stream)) / temperature)
swish: silu(x)
functional: relu(x): all functions stand in site_builder.graph
nn optim: from site_builder import nn
device cuda: A model has no device: whoever runs it chooses one
save load: A runner reads and writes a model's parameters by their names
""")

# Classes of torch.nn, and what stands beside them.
OF_LAYERS = _table("""
ReLU relu: graph.relu, a function
GELU gelu: graph.gelu, a function
SiLU silu: graph.silu, a function
Tanh tanh: graph.tanh, a function
Sigmoid sigmoid: graph.sigmoid, a function
Softmax softmax: graph.softmax, a function
LogSoftmax: graph.log_softmax, a function
Softplus: graph.softplus, a function
LeakyReLU: graph.leaky_relu, a function
ELU: graph.elu, a function
SELU: graph.selu, a function
Mish: graph.mish, a function
ReLU6: graph.relu6, a function
Hardtanh: graph.hardtanh, a function
LogSigmoid: graph.logsigmoid, a function
Identity: graph.identity, a function
Flatten: graph.flatten(x, 1), a function
MaxPool1d MaxPool2d: graph.max_pool(x, window), a function
AvgPool1d AvgPool2d: graph.average_pool(x, window), a function
AdaptiveAvgPool1d AdaptiveAvgPool2d: graph.adaptive_average_pool(x, size), a function
PixelShuffle: graph.pixel_shuffle(x, factor), a function
ZeroPad2d ReflectionPad1d ReflectionPad2d ReplicationPad1d ReplicationPad2d: graph.pad(x, widths, mode), a function
UpsamplingNearest2d UpsamplingBilinear2d: nn.Upsample(size, scale_factor, mode)
CrossEntropyLoss NLLLoss: graph.cross_entropy(logits, labels), a function, of which graph.mean is the loss
BCEWithLogitsLoss BCELoss: graph.binary_cross_entropy(logits, targets), a function of logits
MSELoss: graph.mean(graph.square(a - b))
L1Loss: graph.mean(graph.absolute(a - b))
ModuleList ParameterList: a Python list in an attribute: self.layers = [nn.Linear(3, 3)]
Parameter parameter: graph.parameter(shape, initialiser), or graph.parameter(initial=array)
BatchNorm1d BatchNorm2d: nn.BatchNorm(features), channels last
InstanceNorm1d InstanceNorm2d: nn.InstanceNorm(features), channels last
Dropout1d Dropout2d: nn.Dropout(rate)
TransformerEncoderLayer: nn.EncoderBlock(features, heads, hidden)
TransformerDecoderLayer: nn.DecoderBlock(features, heads, hidden)
MultiheadAttention: nn.MultiHeadAttention(features, heads)
RMSprop: nn.RMSProp(rate)
functional: graph.relu(x): all functions stand in site_builder.graph
init: an initialiser given to a layer, as nn.Linear(3, 4, initialiser=nn.glorot)
stack_module_state: nn.Ensemble(count, make), a module of many of a kind
utils: nn.clip_by_global_norm(gradients, max_norm), or nn.SGD(0.1, max_norm=1.0)
optim: nn.SGD, nn.Adam, nn.AdamW or nn.RMSProp
xavier_uniform_ xavier_uniform xavier_normal_: nn.glorot
kaiming_uniform_ kaiming_uniform kaiming_normal_: nn.he
""")

# Attributes of modules.
OF_MODULES = _table("""
__call__: A layer defines __call__(self, x), which says what it gives
__getitem__: A layer's parts are its attributes; nn.Sequential has them by number
__set__: A property of a layer cannot be set
forward: layer(x): a layer is called, and defines __call__
parameters: named_parameters(), paths and tensors, as [p for _, p in layer.named_parameters()]; an optimiser gets them
    from the model: nn.Adam(0.001).minimise(loss, model)
train eval training: Programs are traced: whatever is called within `with nn.evaluating():` is used, and not trained
state_dict load_state_dict: A runner reads and writes parameters by their names
to cuda cpu half: A model has no device: whoever runs it chooses one
register_buffer: self.name = graph.constant(array)
register_parameter: self.name = graph.parameter(shape, initialiser)
add_module: self.name = layer
modules named_children named_modules: children(), names and parts
zero_grad: Gradients are made anew by each `minimise`, and are what gradients(loss, parameters) gives
requires_grad: module.requires_grad_(False) freezes its parameters
apply: initialise(rule), which says how parameters start
""")

# Attributes of optimisers.
OF_OPTIMISERS = _table("""
__call__: minimise(loss, model), within a program, or apply(gradients, model)
__getitem__: A rate is a number, an input that the host writes, or what schedules compute from model.step
__set__: A property of an optimiser cannot be set
step zero_grad: minimise(loss, model), within a program, which differentiates and updates: each run of it is a step
param_groups: A rate is a number, an input that the host writes, or what schedules compute from model.step
""")

# Parameters under other names: what is written, and what it may be here.
KEYWORDS = _table("""
dim dims: axis axes
keepdim: keepdims
lr learning_rate: rate
eps: epsilon
in_features in_channels input_size: inputs
out_features out_channels: outputs
hidden_size: outputs hidden features
num_features normalized_shape embedding_dim embed_dim d_model: features
kernel_size: window
num_embeddings: count
num_heads nhead: heads
num_layers: layers
dim_feedforward: hidden
p: rate
alpha: decay
negative_slope: slope
num_classes: classes
max a_max: high
min a_min: low
fill_value: value
input a: x logits
target: labels targets
weight kernel: weights
size newshape: shape
output_size: size
upscale_factor: factor
num_groups: groups
attn_mask: mask
is_causal: causal
in_dims: in_axes
out_dims: out_axes
""")


# Attributes of models.
OF_MODELS = _table("""
__call__: A program of it says what is computed: @model.program above a function, and a runner runs it
__getitem__: model.variables["name"], or model.parameters["name"]
__set__: The host sets it: runner.write("seed", 3)
train eval fit compile forward predict evaluate: A program of it says what is computed: @model.program above a function,
    and a runner runs it
step_ zero_grad backward: nn.SGD(0.1).minimise(loss, model), within a program
state_dict load_state_dict save load: A runner's read(name) and write(name, numbers) take parameters by their names
to cuda cpu device: A model has no device: whoever runs it chooses one
named_parameters: model.parameters, name -> parameter
inputs outputs: model.variables has them by name
output: return {"name": tensor} in a program's function
manual_seed: model.seed, which the host sets
""")

"""Convolutions as modules."""

TABLE = """
class Conv1d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
                 padding_mode="zeros", device=None, dtype=None):
        if padding_mode != "zeros":
            refused("A padding_mode other than zeros", "pad by F.pad before the layer")
        lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 1
        fan_in = in_channels // groups
        for length in lengths:
            fan_in = fan_in * length
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.weight = drawn("uniform", (out_channels, in_channels // groups, *lengths), fan_in ** -0.5)
        self.bias = drawn("uniform", (out_channels,), fan_in ** -0.5) if bias else None

    def forward(self, input):
        return F.conv1d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

class ConvTranspose1d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1,
                 bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None):
        lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 1
        fan_in = out_channels // groups
        for length in lengths:
            fan_in = fan_in * length
        self.stride = stride
        self.padding = padding
        self.output_padding = output_padding
        self.groups = groups
        self.dilation = dilation
        self.weight = drawn("uniform", (in_channels, out_channels // groups, *lengths), fan_in ** -0.5)
        self.bias = drawn("uniform", (out_channels,), fan_in ** -0.5) if bias else None

    def forward(self, input):
        return F.conv_transpose1d(input, self.weight, self.bias, self.stride, self.padding, self.output_padding,
                                    self.groups, self.dilation)

class Conv2d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
                 padding_mode="zeros", device=None, dtype=None):
        if padding_mode != "zeros":
            refused("A padding_mode other than zeros", "pad by F.pad before the layer")
        lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 2
        fan_in = in_channels // groups
        for length in lengths:
            fan_in = fan_in * length
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.weight = drawn("uniform", (out_channels, in_channels // groups, *lengths), fan_in ** -0.5)
        self.bias = drawn("uniform", (out_channels,), fan_in ** -0.5) if bias else None

    def forward(self, input):
        return F.conv2d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

class ConvTranspose2d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1,
                 bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None):
        lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 2
        fan_in = out_channels // groups
        for length in lengths:
            fan_in = fan_in * length
        self.stride = stride
        self.padding = padding
        self.output_padding = output_padding
        self.groups = groups
        self.dilation = dilation
        self.weight = drawn("uniform", (in_channels, out_channels // groups, *lengths), fan_in ** -0.5)
        self.bias = drawn("uniform", (out_channels,), fan_in ** -0.5) if bias else None

    def forward(self, input):
        return F.conv_transpose2d(input, self.weight, self.bias, self.stride, self.padding, self.output_padding,
                                    self.groups, self.dilation)

class Conv3d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
                 padding_mode="zeros", device=None, dtype=None):
        if padding_mode != "zeros":
            refused("A padding_mode other than zeros", "pad by F.pad before the layer")
        lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 3
        fan_in = in_channels // groups
        for length in lengths:
            fan_in = fan_in * length
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.weight = drawn("uniform", (out_channels, in_channels // groups, *lengths), fan_in ** -0.5)
        self.bias = drawn("uniform", (out_channels,), fan_in ** -0.5) if bias else None

    def forward(self, input):
        return F.conv3d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

class ConvTranspose3d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1,
                 bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None):
        lengths = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * 3
        fan_in = out_channels // groups
        for length in lengths:
            fan_in = fan_in * length
        self.stride = stride
        self.padding = padding
        self.output_padding = output_padding
        self.groups = groups
        self.dilation = dilation
        self.weight = drawn("uniform", (in_channels, out_channels // groups, *lengths), fan_in ** -0.5)
        self.bias = drawn("uniform", (out_channels,), fan_in ** -0.5) if bias else None

    def forward(self, input):
        return F.conv_transpose3d(input, self.weight, self.bias, self.stride, self.padding, self.output_padding,
                                    self.groups, self.dilation)
"""

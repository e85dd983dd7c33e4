"""Linear layers, embeddings, and layers that change the shape alone."""

TABLE = """
class Identity(Module):
    def __init__(self, *args, **kwargs):
        pass

    def forward(self, input):
        return input

class Linear(Module):
    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        self.in_features = in_features
        self.out_features = out_features
        bound = in_features ** -0.5
        self.weight = drawn("uniform", (out_features, in_features), bound)
        self.bias = drawn("uniform", (out_features,), bound) if bias else None

    def forward(self, input):
        return F.linear(input, self.weight, self.bias)

class Bilinear(Module):
    def __init__(self, in1_features, in2_features, out_features, bias=True, device=None, dtype=None):
        bound = in1_features ** -0.5
        self.weight = drawn("uniform", (out_features, in1_features, in2_features), bound)
        self.bias = drawn("uniform", (out_features,), bound) if bias else None

    def forward(self, input1, input2):
        return F.bilinear(input1, input2, self.weight, self.bias)

class Embedding(Module):
    def __init__(self, num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0,
                 scale_grad_by_freq=False, sparse=False, device=None, dtype=None):
        if max_norm is not None or scale_grad_by_freq:
            refused("What nn.Embedding does with max_norm or scale_grad_by_freq", "leave them out")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx
        self.weight = drawn("normal", (num_embeddings, embedding_dim), 1.0, zero_row=padding_idx)

    def forward(self, input):
        return F.embedding(input, self.weight, padding_idx=self.padding_idx)

class Flatten(Module):
    def __init__(self, start_dim=1, end_dim=-1):
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input):
        return torch.flatten(input, self.start_dim, self.end_dim)

class Unflatten(Module):
    def __init__(self, dim, unflattened_size):
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input):
        return torch.unflatten(input, self.dim, self.unflattened_size)

class Dropout(Module):
    def __init__(self, p=0.5, inplace=False):
        self.p = p

    def forward(self, input):
        return F.dropout(input, self.p, self.training)

class Dropout1d(Dropout):
    def forward(self, input):
        return F.dropout1d(input, self.p, self.training)

class Dropout2d(Dropout):
    def forward(self, input):
        return F.dropout2d(input, self.p, self.training)

class Dropout3d(Dropout):
    def forward(self, input):
        return F.dropout3d(input, self.p, self.training)

class AlphaDropout(Dropout):
    def forward(self, input):
        return F.alpha_dropout(input, self.p, self.training)
"""

"""Recurrent layers and cells as modules."""

TABLE = """
class LSTM(Module):
    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
                 bidirectional=False, proj_size=0, device=None, dtype=None):
        if proj_size:
            refused("nn.LSTM with proj_size", "project by an nn.Linear behind it")
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.biases = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.bidirectional = bidirectional
        bound = hidden_size ** -0.5
        sides = ["", "_reverse"] if bidirectional else [""]
        self.order = []
        for layer in range(num_layers):
            length = input_size if layer == 0 else hidden_size * len(sides)
            for side in sides:
                place = f"_l{layer}{side}"
                setattr(self, "weight_ih" + place, drawn("uniform", (4 * hidden_size, length), bound))
                setattr(self, "weight_hh" + place, drawn("uniform", (4 * hidden_size, hidden_size), bound))
                self.order += ["weight_ih" + place, "weight_hh" + place]
                if bias:
                    setattr(self, "bias_ih" + place, drawn("uniform", (4 * hidden_size,), bound))
                    setattr(self, "bias_hh" + place, drawn("uniform", (4 * hidden_size,), bound))
                    self.order += ["bias_ih" + place, "bias_hh" + place]

    def weights(self):
        return [getattr(self, name) for name in self.order]

    def flatten_parameters(self):
        return None

    def forward(self, input, hx=None):
        if input.ndim == 2:
            refused("nn.LSTM over one sequence without a batch axis", "write x.unsqueeze(1), an axis for the batch")
        rows = self.num_layers * (2 if self.bidirectional else 1)
        n = input.shape[0] if self.batch_first else input.shape[1]
        zeros = torch.zeros(rows, n, self.hidden_size)
        state = hx if hx is not None else (zeros, zeros)
        out, h, c = torch.lstm(input, state, self.weights(), self.biases, self.num_layers, self.dropout, self.training,
                                self.bidirectional, self.batch_first)
        return out, (h, c)

class LSTMCell(Module):
    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        self.hidden_size = hidden_size
        bound = hidden_size ** -0.5
        self.weight_ih = drawn("uniform", (4 * hidden_size, input_size), bound)
        self.weight_hh = drawn("uniform", (4 * hidden_size, hidden_size), bound)
        self.bias_ih = drawn("uniform", (4 * hidden_size,), bound) if bias else None
        self.bias_hh = drawn("uniform", (4 * hidden_size,), bound) if bias else None

    def forward(self, input, hx=None):
        zeros = torch.zeros(*input.shape[:-1], self.hidden_size)
        state = hx if hx is not None else (zeros, zeros)
        return torch.lstm_cell(input, state, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)

class GRU(Module):
    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
                 bidirectional=False, proj_size=0, device=None, dtype=None):
        if proj_size:
            refused("nn.GRU with proj_size", "project by an nn.Linear behind it")
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.biases = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.bidirectional = bidirectional
        bound = hidden_size ** -0.5
        sides = ["", "_reverse"] if bidirectional else [""]
        self.order = []
        for layer in range(num_layers):
            length = input_size if layer == 0 else hidden_size * len(sides)
            for side in sides:
                place = f"_l{layer}{side}"
                setattr(self, "weight_ih" + place, drawn("uniform", (3 * hidden_size, length), bound))
                setattr(self, "weight_hh" + place, drawn("uniform", (3 * hidden_size, hidden_size), bound))
                self.order += ["weight_ih" + place, "weight_hh" + place]
                if bias:
                    setattr(self, "bias_ih" + place, drawn("uniform", (3 * hidden_size,), bound))
                    setattr(self, "bias_hh" + place, drawn("uniform", (3 * hidden_size,), bound))
                    self.order += ["bias_ih" + place, "bias_hh" + place]

    def weights(self):
        return [getattr(self, name) for name in self.order]

    def flatten_parameters(self):
        return None

    def forward(self, input, hx=None):
        if input.ndim == 2:
            refused("nn.GRU over one sequence without a batch axis", "write x.unsqueeze(1), an axis for the batch")
        rows = self.num_layers * (2 if self.bidirectional else 1)
        n = input.shape[0] if self.batch_first else input.shape[1]
        zeros = torch.zeros(rows, n, self.hidden_size)
        state = hx if hx is not None else zeros
        return torch.gru(input, state, self.weights(), self.biases, self.num_layers, self.dropout, self.training,
                               self.bidirectional, self.batch_first)

class GRUCell(Module):
    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        self.hidden_size = hidden_size
        bound = hidden_size ** -0.5
        self.weight_ih = drawn("uniform", (3 * hidden_size, input_size), bound)
        self.weight_hh = drawn("uniform", (3 * hidden_size, hidden_size), bound)
        self.bias_ih = drawn("uniform", (3 * hidden_size,), bound) if bias else None
        self.bias_hh = drawn("uniform", (3 * hidden_size,), bound) if bias else None

    def forward(self, input, hx=None):
        state = hx if hx is not None else torch.zeros(*input.shape[:-1], self.hidden_size)
        return torch.gru_cell(input, state, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)

class RNN(Module):
    def __init__(self, input_size, hidden_size, num_layers=1, nonlinearity="tanh", bias=True, batch_first=False,
                 dropout=0.0,
                 bidirectional=False, proj_size=0, device=None, dtype=None):
        if proj_size:
            refused("nn.RNN with proj_size", "project by an nn.Linear behind it")
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.biases = bias
        self.batch_first = batch_first
        self.dropout = dropout
        self.bidirectional = bidirectional
        self.nonlinearity = nonlinearity
        bound = hidden_size ** -0.5
        sides = ["", "_reverse"] if bidirectional else [""]
        self.order = []
        for layer in range(num_layers):
            length = input_size if layer == 0 else hidden_size * len(sides)
            for side in sides:
                place = f"_l{layer}{side}"
                setattr(self, "weight_ih" + place, drawn("uniform", (1 * hidden_size, length), bound))
                setattr(self, "weight_hh" + place, drawn("uniform", (1 * hidden_size, hidden_size), bound))
                self.order += ["weight_ih" + place, "weight_hh" + place]
                if bias:
                    setattr(self, "bias_ih" + place, drawn("uniform", (1 * hidden_size,), bound))
                    setattr(self, "bias_hh" + place, drawn("uniform", (1 * hidden_size,), bound))
                    self.order += ["bias_ih" + place, "bias_hh" + place]

    def weights(self):
        return [getattr(self, name) for name in self.order]

    def flatten_parameters(self):
        return None

    def forward(self, input, hx=None):
        if input.ndim == 2:
            refused("nn.RNN over one sequence without a batch axis", "write x.unsqueeze(1), an axis for the batch")
        rows = self.num_layers * (2 if self.bidirectional else 1)
        n = input.shape[0] if self.batch_first else input.shape[1]
        zeros = torch.zeros(rows, n, self.hidden_size)
        state = hx if hx is not None else zeros
        if self.nonlinearity == "relu":
            return torch.rnn_relu(input, state, self.weights(), self.biases, self.num_layers, self.dropout,
                                  self.training, self.bidirectional, self.batch_first)
        return torch.rnn_tanh(input, state, self.weights(), self.biases, self.num_layers, self.dropout, self.training,
                              self.bidirectional, self.batch_first)

class RNNCell(Module):
    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None):
        self.hidden_size = hidden_size
        self.nonlinearity = nonlinearity
        bound = hidden_size ** -0.5
        self.weight_ih = drawn("uniform", (1 * hidden_size, input_size), bound)
        self.weight_hh = drawn("uniform", (1 * hidden_size, hidden_size), bound)
        self.bias_ih = drawn("uniform", (1 * hidden_size,), bound) if bias else None
        self.bias_hh = drawn("uniform", (1 * hidden_size,), bound) if bias else None

    def forward(self, input, hx=None):
        state = hx if hx is not None else torch.zeros(*input.shape[:-1], self.hidden_size)
        if self.nonlinearity == "relu":
            return torch.rnn_relu_cell(input, state, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return torch.rnn_tanh_cell(input, state, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
"""

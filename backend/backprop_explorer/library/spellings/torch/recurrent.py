"""PyTorch's recurrent cells, and its layers over a sequence. They take lists of weights, as torch.nn's modules do."""

TABLE = """
@names(torch.lstm_cell)
def lstm_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    "One step of an LSTM: the output and the memory."
    return lstm_step(input, hx[0], hx[1], w_ih, w_hh, b_ih, b_hh)

torch.gru_cell = lambda input, hx, w_ih, w_hh, b_ih=None, b_hh=None: gru_step(input, hx, w_ih, w_hh, b_ih, b_hh)
torch.rnn_tanh_cell = lambda input, hx, w_ih, w_hh, b_ih=None, b_hh=None: rnn_step(
    input, hx, w_ih, w_hh, b_ih, b_hh)
torch.rnn_relu_cell = lambda input, hx, w_ih, w_hh, b_ih=None, b_hh=None: rnn_step(
    input, hx, w_ih, w_hh, b_ih, b_hh, True)

@names(torch.lstm)
def lstm(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first):
    "Layers of LSTMs over a sequence: the outputs, and the last outputs and memories."
    return over_sequence(input, "lstm", hx[0], hx[1], params, has_biases, num_layers, dropout, train, bidirectional,
                         batch_first)

@names(torch.gru)
def gru(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first):
    "Layers of GRUs over a sequence: the outputs, and the last ones."
    return over_sequence(input, "gru", hx, None, params, has_biases, num_layers, dropout, train, bidirectional,
                         batch_first)

@names(torch.rnn_tanh)
def rnn_tanh(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first):
    "Plain recurrent layers over a sequence: the outputs, and the last ones."
    return over_sequence(input, "tanh", hx, None, params, has_biases, num_layers, dropout, train, bidirectional,
                         batch_first)

@names(torch.rnn_relu)
def rnn_relu(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first):
    "Plain recurrent layers with relu over a sequence: the outputs, and the last ones."
    return over_sequence(input, "relu", hx, None, params, has_biases, num_layers, dropout, train, bidirectional,
                         batch_first)
"""

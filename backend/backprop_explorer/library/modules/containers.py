"""Modules that hold others, and the data that is fed in batches."""

TABLE = """
class Module:
    training = True

class Sequential(Module):
    def __init__(self, *args):
        keep(self, args)

    def forward(self, input):
        for module in self:
            input = module(input)
        return input

class ModuleList(Module):
    def __init__(self, modules=None):
        keep(self, () if modules is None else modules)

class ModuleDict(Module):
    def __init__(self, modules=None):
        keep(self, {} if modules is None else modules)

class ParameterList(Module):
    def __init__(self, values=None):
        keep(self, () if values is None else [Parameter(value) for value in values])

class ParameterDict(Module):
    def __init__(self, parameters=None):
        given = {} if parameters is None else parameters
        keep(self, {name: Parameter(given[name]) for name in given})

class TensorDataset:
    def __init__(self, *tensors):
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        return tuple([tensor[index] for tensor in self.tensors])

class DataLoader:
    def __init__(self, dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0,
                 collate_fn=None, pin_memory=False, drop_last=False):
        if sampler is not None or batch_sampler is not None or collate_fn is not None:
            refused("What a DataLoader does with a sampler or a collate_fn", "give it a TensorDataset and a batch_size")
        self.dataset = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __len__(self):
        n = len(self.dataset)
        return n // self.batch_size if self.drop_last else (n + self.batch_size - 1) // self.batch_size

    def __iter__(self):
        b = self.batch_size
        return [self.dataset[i * b:(i + 1) * b] for i in range(len(self))]
"""

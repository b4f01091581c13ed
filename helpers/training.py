"""Training and scoring a network on data that lie in memory as whole tensors.

The training loop of lesson 12, kept here for the lessons after it (a test holds the two
equal). There is no DataLoader: a mini-batch is a choice of rows, ``x[rows]``. Nothing
here sets a global random seed; what is random takes a ``torch.Generator``.
"""

import os
import textwrap
import warnings
from collections.abc import Callable

import torch
from torch import nn


def device() -> torch.device:
    """The accelerator that PyTorch can use here (CUDA, MPS, XPU), or else the CPU.

    The accelerator is tried first; if it cannot be used, one line says so. The
    environment variable COURSE_DEVICE names another choice, as in
    ``COURSE_DEVICE=cpu``.

    Raises
    ------
    ValueError
        COURSE_DEVICE names no device that can be used here; says which can.
    """
    found = torch.accelerator.current_accelerator(check_available=True)
    chosen = os.environ.get("COURSE_DEVICE", "").strip().lower()
    if chosen:
        if fault := _fault(chosen):
            choices = ["cpu"] if found is None or _fault(found) else ["cpu", found.type]
            raise ValueError(
                f"COURSE_DEVICE={chosen} cannot be used here ({fault}). Set it to "
                f"{' or '.join(choices)}, or unset it, then restart the kernel"
            )
        return torch.device(chosen)
    if found is None:
        return torch.device("cpu")
    if fault := _fault(found):
        print(f"The {found.type} device here does not work ({fault}): using the CPU.")
        return torch.device("cpu")
    return found


def _fault(device: str | torch.device) -> str | None:
    """What goes wrong when a network is trained there, in a line; None if nothing."""
    try:
        with warnings.catch_warnings():  # whatever PyTorch would warn of is tried here
            warnings.simplefilter("ignore")
            w = torch.ones(2, 2, device=device, requires_grad=True)
            (w @ w).sum().backward()
            return None if w.grad.sum().item() == 16 else "its results are wrong"
    except Exception as error:  # of many kinds
        return textwrap.shorten(str(error) or repr(error), 120)


@torch.no_grad()
def glorot(model: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw all weights anew, uniform and scaled to the layer; set all biases to 0.

    A layer whose neurons have n inputs and whose inputs feed m neurons gets weights
    between -r and r, with r = sqrt(6 / (n + m)).

    Parameters
    ----------
    model : nn.Module
        Its linear and convolution layers are changed in place. It must still be on the
        generator's device; move it to another one afterwards.
    generator : torch.Generator
        The same seed gives the same weights.

    Returns
    -------
    nn.Module
        The model that was given.

    Notes
    -----
    X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward
    neural networks, AISTATS 2010; eq. 16.
    """
    for layer in model.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight, generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    y: torch.Tensor,
    *,
    batch: int,
    generator: torch.Generator,
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
    change: Callable[[torch.Tensor, torch.Generator], torch.Tensor] | None = None,
) -> float:
    """Train on every sample once, in random order and in mini-batches.

    Parameters
    ----------
    model : nn.Module
        Returns logits (B, K) for B samples. It is changed in place.
    optimizer : torch.optim.Optimizer
        Holds the model's parameters.
    x : tensor (N, ...)
        Samples, on the model's device.
    y : tensor (N,), int64
        Their classes, from 0 to K - 1, on the same device.
    batch : int
        Samples in a mini-batch; the last one may be smaller.
    generator : torch.Generator
        On the CPU; it decides the order.
    schedule : LRScheduler, optional
        Stepped after every mini-batch, not after every epoch.
    change : callable, optional
        ``change(samples, generator)``: trains on what this makes of each mini-batch.

    Returns
    -------
    float
        The mean cross-entropy during this epoch.
    """
    model.train()
    total = 0.0
    for rows in torch.randperm(len(x), generator=generator).split(batch):
        rows = rows.to(x.device)
        samples = x[rows] if change is None else change(x[rows], generator)
        loss = nn.functional.cross_entropy(model(samples), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        total += loss.detach() * len(rows)
    return float(total) / len(x)


@torch.no_grad()
def predict(model: nn.Module, x: torch.Tensor, *, batch: int = 1000) -> torch.Tensor:
    """The logits (N, K) for samples (N, ...), a thousand at a time to save memory."""
    model.eval()
    return torch.cat([model(samples) for samples in x.split(batch)])


def accuracy(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """The fraction of samples (N, ...) whose largest logit is at their class (N,)."""
    return float((predict(model, x).argmax(dim=1) == y).float().mean())

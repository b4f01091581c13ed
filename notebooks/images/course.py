"""Draw the picture of the README: ``python notebooks/images/course.py``.

Left, lesson 01: a neuron's boundary turns during training, on the lesson's own points.
Middle, lesson 12: the twenty kernels that its network has learned after one epoch.
Right: test digits that this network reads wrongly, the surest mistakes first.
Nothing is chosen by hand: another seed draws another picture of the same kind.
"""

from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import torch

from helpers import data, plotting, training
from helpers.exercises import lesson_01, lesson_12

PICTURE = Path(__file__).with_name("course.png")
SEED = 0


def main() -> None:
    """Train the two models and write the picture."""
    plotting.use_style()
    figure, axes = plt.subplots(1, 3, figsize=(12, 4), width_ratios=[1.25, 1, 1])
    turning_boundary(axes[0])
    network, (images, labels) = trained_network()
    plotting.kernels(network[0].weight, columns=4, ax=axes[1])
    axes[1].set_title("lesson 12: learned kernels")
    logits = training.predict(network, images)
    surest = torch.softmax(logits, dim=1).max(dim=1).values
    wrong = torch.nonzero(logits.argmax(dim=1) != labels)[:, 0]
    wrong = wrong[surest[wrong].argsort(descending=True)][:12]
    read = logits[wrong].argmax(dim=1)
    titles = [f"{y} → {k}" for y, k in zip(labels[wrong], read, strict=True)]
    plotting.digits(images[wrong], columns=4, titles=titles, ax=axes[2])
    axes[2].set_title("… and its surest mistakes")
    figure.savefig(PICTURE, dpi=90)
    share = float((logits.argmax(dim=1) == labels).float().mean())
    print(f"{PICTURE.name}: {share:.1%} of the test digits read")


def turning_boundary(ax: plt.Axes) -> None:
    """Draw points, and the line of one neuron before, during and after training."""
    (X, y), _ = data.blobs(500, seed=18)
    plotting.points(X, y, ax=ax, labels=(), size=30)
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    w, b = np.random.default_rng(SEED).normal(size=2), 0.0
    for step in range(101):
        if step in (0, 5, 20, 100):
            shade = plt.colormaps["binary"](0.3 + 0.7 * (step / 100) ** 0.3)
            plotting.line(w, b, ax=ax, label=f"step {step}", color=shade)
        grad_w, grad_b = lesson_01.gradient(X, y, w, b)
        w, b = w - grad_w, b - grad_b
    ax.legend(loc="lower left", fontsize=11)
    ax.set_title("lesson 01: a neuron learns")


def trained_network() -> tuple[torch.nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    """Train lesson 12's network for one epoch; return it, and the test digits."""
    (x, y), _, test = data.mnist(images=True, device="cpu")
    generator = torch.Generator().manual_seed(SEED)
    network = training.glorot(lesson_12.make_cnn(), generator)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    training.train_epoch(network, optimizer, x, y, batch=64, generator=generator)
    return network, test


if __name__ == "__main__":
    main()

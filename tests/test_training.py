"""helpers.training: it trains, says so in numbers, and touches no global seed."""

import ast
import inspect
import warnings

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from helpers import training  # noqa: E402
from notebooks import ROOT, code_cells, read  # noqa: E402


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def two_clouds(n: int = 60) -> tuple[torch.Tensor, torch.Tensor]:
    y = torch.arange(n) % 2
    x = torch.randn(n, 2, generator=seeded()) + 4.0 * y[:, None]
    return x, y


def small_model() -> nn.Module:
    layers = [nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2)]
    return training.glorot(nn.Sequential(*layers), seeded())


class Recorder(nn.Module):
    """Returns its input as logits, and remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.batches, self.modes = [], []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.batches.append(x.detach().clone())
        self.modes.append((self.training, torch.is_grad_enabled()))
        return self.scale * x


@pytest.fixture(autouse=True)
def no_choice(monkeypatch):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)


def accelerator(monkeypatch, kind: str | None, *broken: str) -> None:
    """Pretend that there is one of this kind; ``broken`` devices fail when tried."""
    found = kind and torch.device(kind)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: found)
    error = "CUDA error: no kernel image is available for execution on the device"

    def ones(*size, device, **options):
        if str(device) in broken:
            warnings.warn("Found GPU0 which is too old", stacklevel=2)
            raise torch.AcceleratorError(f"{error}\nCompile with TORCH_USE_CUDA_DSA")
        return real(*size, **options)

    real = torch.ones
    monkeypatch.setattr(torch, "ones", ones)


def test_device_can_be_computed_on():
    device = training.device()
    assert isinstance(device, torch.device)
    assert float(torch.ones(2, device=device).sum()) == 2.0


@pytest.mark.parametrize(
    ("kind", "chosen", "expected"),
    [
        (None, None, "cpu"),
        ("cuda", None, "cuda"),
        ("mps", "", "mps"),
        ("cuda", "cpu", "cpu"),
        ("cuda", " CUDA:1 ", "cuda:1"),
    ],
)
def test_device(monkeypatch, capsys, kind, chosen, expected):
    accelerator(monkeypatch, kind)
    if chosen is not None:
        monkeypatch.setenv("COURSE_DEVICE", chosen)
    assert training.device() == torch.device(expected)
    assert capsys.readouterr() == ("", "")


def test_device_without_kernels_gives_way_to_the_cpu(monkeypatch, capsys, recwarn):
    """And says so in one line."""
    accelerator(monkeypatch, "cuda", "cuda")
    assert training.device() == torch.device("cpu")
    assert capsys.readouterr() == (
        "The cuda device here does not work (CUDA error: no kernel image is available "
        "for execution on the device Compile with TORCH_USE_CUDA_DSA): using the "
        "CPU.\n",
        "",
    )
    assert not recwarn.list


@pytest.mark.parametrize(
    ("kind", "chosen", "choices"),
    [
        (None, "gpu", "cpu"),
        (None, "meta", "cpu"),
        ("cuda", "cuda:99", "cpu or cuda"),
        ("xpu", "xpu", "cpu"),
    ],
)
def test_device_that_cannot_be_chosen(monkeypatch, kind, chosen, choices):
    """A name that there is not, or a choice that does not work."""
    if kind:
        accelerator(monkeypatch, kind, chosen)
    monkeypatch.setenv("COURSE_DEVICE", chosen)
    with pytest.raises(ValueError) as caught:
        training.device()
    assert str(caught.value).startswith(f"COURSE_DEVICE={chosen} cannot be used here (")
    assert f"Set it to {choices}, or unset it, then" in str(caught.value)


def test_glorot_draws_in_the_range_of_the_paper():
    model = nn.Sequential(nn.Conv2d(2, 20, 5), nn.Flatten(), nn.Linear(300, 100))
    assert training.glorot(model, seeded()) is model
    for layer, fans in ((model[0], (2 + 20) * 25), (model[2], 300 + 100)):
        largest = float(layer.weight.detach().abs().max())
        limit = (6 / fans) ** 0.5
        assert 0.97 * limit < largest <= limit
        assert not layer.bias.detach().any()


def test_glorot_finds_layers_in_layers_and_does_without_biases():
    model = nn.Sequential(nn.Sequential(nn.Linear(3, 3, bias=False)))
    before = model[0][0].weight.detach().clone()
    training.glorot(model, seeded())
    assert not torch.equal(model[0][0].weight, before)


def test_the_generator_decides_and_the_global_one_does_not_matter():
    def run(seed: int) -> list[torch.Tensor]:
        model = training.glorot(nn.Sequential(nn.Linear(2, 2)), seeded(seed))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        before = torch.get_rng_state()
        training.train_epoch(
            model, optimizer, *two_clouds(), batch=7, generator=seeded(seed)
        )
        assert torch.equal(torch.get_rng_state(), before)
        return [p.detach().clone() for p in model.parameters()]

    first, again, other = run(1), run(1), run(2)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_training_lowers_the_loss_and_reads_the_clouds():
    x, y = two_clouds()
    model, generator = small_model(), seeded()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    losses = [
        training.train_epoch(model, optimizer, x, y, batch=10, generator=generator)
        for _ in range(20)
    ]
    assert all(isinstance(loss, float) for loss in losses)
    assert losses[-1] < 0.3 * losses[0]
    assert training.accuracy(model, x, y) > 0.95


def test_every_sample_is_used_once_and_the_order_changes():
    x = torch.arange(20.0).reshape(10, 2)
    model, generator = Recorder(), seeded()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    orders = []
    for _ in range(2):
        model.batches = []
        y = torch.zeros(10, dtype=torch.int64)
        training.train_epoch(model, optimizer, x, y, batch=4, generator=generator)
        assert [len(batch) for batch in model.batches] == [4, 4, 2]
        orders.append(torch.cat(model.batches)[:, 0])
    assert all(order.sort().values.tolist() == x[:, 0].tolist() for order in orders)
    assert orders[0].tolist() != orders[1].tolist()


def test_the_loss_is_the_mean_over_samples_not_over_batches():
    x = torch.tensor([[5.0, 0], [0, 5], [3, 1]])
    y = torch.tensor([0, 0, 1])
    model = Recorder()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    loss = training.train_epoch(model, optimizer, x, y, batch=2, generator=seeded())
    assert loss == pytest.approx(float(nn.functional.cross_entropy(x, y)), rel=1e-5)


def test_the_schedule_is_stepped_after_every_mini_batch():
    x, y = two_clouds(10)
    model = small_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    training.train_epoch(
        model, optimizer, x, y, batch=4, generator=seeded(), schedule=schedule
    )
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.5**3)


def test_change_is_given_each_mini_batch_and_the_generator():
    x, y = two_clouds(10)
    kept, model, generator = x.clone(), Recorder(), seeded()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)

    def change(samples: torch.Tensor, given: torch.Generator) -> torch.Tensor:
        assert given is generator
        return samples + 100

    training.train_epoch(
        model, optimizer, x, y, batch=4, generator=generator, change=change
    )
    assert float(torch.cat(model.batches).min()) > 50
    assert torch.equal(x, kept)


def test_it_trains_in_one_mode_and_predicts_in_the_other():
    x, y = two_clouds(10)
    model = Recorder()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    training.train_epoch(model, optimizer, x, y, batch=10, generator=seeded())
    right = float((x.argmax(dim=1) == y).float().mean())
    assert training.accuracy(model, x, y) == right
    assert model.modes == [(True, True), (False, False)]


def test_predict_in_parts_is_predict_at_once():
    x, _ = two_clouds(25)
    model = small_model()
    parts = training.predict(model, x, batch=10)
    assert parts.shape == (25, 2)
    assert torch.allclose(parts, model(x))
    assert not parts.requires_grad


def test_lesson_12_shows_the_loop_that_is_kept_here():
    """The code of both is the same; docstrings and type hints are not compared."""

    def code(source: str) -> str:
        function = ast.parse(source).body[0]
        function.returns = None
        for argument in [*function.args.args, *function.args.kwonlyargs]:
            argument.annotation = None
        function.body = function.body[1:]
        return ast.unparse(function)

    lesson = read(ROOT / "notebooks" / "12_convolutional_networks.ipynb")
    shown = next(
        cell.source for cell in code_cells(lesson) if "def train_epoch" in cell.source
    )
    assert code(shown) == code(inspect.getsource(training.train_epoch))

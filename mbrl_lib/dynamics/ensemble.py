r"""E neural models, each trained on its own resample of the data, in one batched product.

Where data are plenty all members say the same; where there are none each says something else.
Their disagreement is what the model does not know (epistemic), the variance that each predicts is
what cannot be known from the state (aleatoric). Source: Chua et al. (2018), "PETS".
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.diagnostics import coverage
from mbrl_lib.dynamics.fitting import FitSettings, split_holdout
from mbrl_lib.dynamics.networks import MLP
from mbrl_lib.normalizer import Normalizer
from mbrl_lib.storage import load_tensors, save_tensors
from mbrl_lib.types import Batch, Gaussian


@dataclass(frozen=True)
class EnsembleSettings:
    """The shape of an ensemble."""

    state_size: int  # S
    action_size: int  # A
    members: int = 5  # E
    hidden: tuple[int, ...] = (128, 128)  # widths of the hidden layers
    gaussian: bool = True  # predict a variance too
    linear: bool = False  # begin with least squares; networks learn what it leaves over

    def __post_init__(self) -> None:
        for name in ("state_size", "action_size", "members"):
            validate.at_least(name, getattr(self, name), 1)
        object.__setattr__(self, "hidden", tuple(self.hidden))


class EnsembleDynamics(nn.Module):
    r"""E networks that predict $s' - s$ from $(s, a)$; nothing is shared but the normalisers.

    Parameters
    ----------
    settings : EnsembleSettings
    generator : torch.Generator, for the initial weights, independent in each member

    Explained in the chapter "Ensembles".
    """

    def __init__(self, settings: EnsembleSettings, generator: torch.Generator) -> None:
        super().__init__()
        self.settings = settings
        inputs, outputs = settings.state_size + settings.action_size, settings.state_size
        self.network = MLP(
            inputs, outputs, settings.hidden, settings.gaussian, generator, settings.members
        )
        self.input_normalizer = Normalizer(inputs)
        self.target_normalizer = Normalizer(outputs)
        self.register_buffer("std_factor", torch.ones(outputs))  # see `calibrate`
        if settings.linear:
            self.register_buffer("line", torch.zeros(settings.members, inputs + 1, outputs))
            last = self.network.layers[-1]
            for part in (last.weight, last.bias):  # nothing is left over until it is learned
                part.data[..., :outputs] = 0.0
        self.register_buffer("fitted", torch.tensor(False))

    @property
    def members(self) -> int:
        """E."""
        return self.settings.members

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """All members on the same inputs: `(B, S)`, `(B, A)` -> mean and std `(E, B, S)`."""
        validate.tensor("state", state, (None, self.settings.state_size))
        validate.tensor("action", action, (state.shape[0], self.settings.action_size))
        return self.predict_each(
            state.expand(self.members, -1, -1), action.expand(self.members, -1, -1)
        )

    def predict_each(self, state: Tensor, action: Tensor) -> Gaussian:
        """Each member on inputs of its own: `(E, B, S)`, `(E, B, A)` -> `(E, B, S)`."""
        self._check_fitted()
        validate.tensor("state", state, (self.members, None, self.settings.state_size))
        validate.tensor("action", action, (self.members, state.shape[1], self.settings.action_size))
        mean, log_variance = self._normalized_change(state, action)
        mean = state + self.target_normalizer.denormalize(mean)
        if log_variance is None:
            return Gaussian(mean, torch.zeros_like(mean))
        scale = self.target_normalizer.std * self.std_factor
        return Gaussian(mean, torch.exp(0.5 * log_variance) * scale)

    def losses(self, batch: Batch) -> Tensor:
        """`(E,)`, each member's loss on its own rows; fields of `batch` are `(E, B, ...)`.

        The negative log-likelihood of the normalised change, or its squared error.
        """
        mean, log_variance = self._normalized_change(batch.state, batch.action)
        error = self.target_normalizer.normalize(batch.next_state - batch.state) - mean
        if log_variance is None:
            return error.square().mean(dim=(1, 2))
        squared = error.square() * torch.exp(-log_variance)
        log_2_pi = torch.log(torch.tensor(2 * torch.pi))
        return 0.5 * (squared + log_variance + log_2_pi).mean(dim=(1, 2))

    def fit_normalizers(self, batch: Batch) -> None:
        """Take input and target statistics from the training data, the same for all members."""
        self.input_normalizer.fit(torch.cat([batch.state, batch.action], dim=1))
        self.target_normalizer.fit(batch.next_state - batch.state)
        self.fitted.fill_(True)

    def fit_line(self, batch: Batch, rows: Tensor) -> None:
        """Each member's least squares on its own `rows (E, N)`, with a little ridge.

        A few dozen transitions of smooth dynamics are nearly linear, and determine a line, long
        before they determine a network.
        """
        x = self.input_normalizer.normalize(torch.cat([batch.state, batch.action], dim=1))
        y = self.target_normalizer.normalize(batch.next_state - batch.state).double()
        x = torch.cat([x, torch.ones(len(x), 1)], dim=1).double()
        own, target = x[rows], y[rows]
        ridge = 1e-6 * rows.shape[1] * torch.eye(x.shape[1], dtype=torch.double)
        self.line.copy_(torch.linalg.solve(own.mT @ own + ridge, own.mT @ target))

    def _normalized_change(self, state: Tensor, action: Tensor) -> tuple[Tensor, Tensor | None]:
        x = self.input_normalizer.normalize(torch.cat([state, action], dim=-1))
        mean, log_variance = self.network(x)
        if self.settings.linear:
            mean = mean + torch.baddbmm(self.line[:, -1:], x, self.line[:, :-1])
        return mean, log_variance

    def frozen(self) -> FrozenEnsemble:
        """The same predictions for a third less work, as long as no weight changes."""
        self._check_fitted()
        return FrozenEnsemble(self)

    def _check_fitted(self) -> None:
        if not bool(self.fitted):
            raise ValueError("this ensemble has not been fitted; call fit_ensemble first")

    def save(self, path: str | Path) -> None:
        """Write weights and settings to a safetensors file."""
        save_tensors(path, "ensemble_dynamics", asdict(self.settings), self.state_dict())

    @classmethod
    def load(cls, path: str | Path) -> EnsembleDynamics:
        """Read what `save` wrote. Raises `ValueError` for a file of another kind."""
        settings, tensors = load_tensors(path, "ensemble_dynamics")
        model = cls(EnsembleSettings(**settings), torch.Generator())
        model.load_state_dict(tensors)
        return model


class FrozenEnsemble:
    r"""An ensemble's predictions alone, for planning, where they are asked for thousands of times.

    Parameters
    ----------
    ensemble : EnsembleDynamics, fitted; what later happens to it changes nothing here

    The normalisers are part of the first and last layers, and the two bounds of the log-variance
    $\ell$ of one formula: with $\mathrm{softplus}(x) = \ln(1 + e^x)$,

    $$ \sigma^2 = e^{\ell_\min} + \frac{1}{e^{-\ell_\max} + e^{-\ell}}. $$
    """

    @torch.no_grad()
    def __init__(self, ensemble: EnsembleDynamics) -> None:
        network, inputs = ensemble.network, ensemble.input_normalizer
        target = ensemble.target_normalizer
        self.members, self.settings = ensemble.members, ensemble.settings
        self._layers = [(layer.weight.clone(), layer.bias.clone()) for layer in network.layers]
        self._layers[0] = _on_raw_inputs(*self._layers[0], inputs)
        self._line: tuple[Tensor, Tensor] | None = None
        if self.settings.linear:
            line = ensemble.line * target.std
            self._line = _on_raw_inputs(line[:, :-1], line[:, -1:], inputs)
        scale, shift = target.std, target.mean
        if self.settings.gaussian:  # the second half of the last layer gives -log variance
            more = 2 * torch.log(target.std * ensemble.std_factor)
            self._at_least = torch.exp(network.min_log_variance + more)
            self._over = torch.exp(-network.max_log_variance - more)
            scale = torch.cat([scale, -torch.ones_like(scale)])
            shift = torch.cat([shift, -more])
        weight, bias = self._layers[-1]
        self._layers[-1] = weight * scale, bias * scale + shift
        self._memory = torch.empty(2, 0)  # see `_hidden`

    @torch.no_grad()
    def predict_each(self, state: Tensor, action: Tensor) -> Gaussian:
        """Each member on inputs of its own: `(E, B, S)`, `(E, B, A)` -> `(E, B, S)`."""
        seen = torch.cat([state, action], dim=-1)
        weight, bias = self._layers[-1]
        x = torch.bmm(self._hidden(seen), weight).add_(bias)
        size = self.settings.state_size
        mean = x[..., :size] + state
        if self._line is not None:
            slope, offset = self._line
            mean += torch.baddbmm(offset, seen, slope)
        if not self.settings.gaussian:
            return Gaussian(mean, torch.zeros_like(mean))
        variance = x[..., size:].exp().add_(self._over).reciprocal_().add_(self._at_least)
        return Gaussian(mean, variance.sqrt_())

    def _hidden(self, x: Tensor) -> Tensor:
        """The hidden layers, written by turns into two pieces of memory that are kept.

        New memory for each layer would cost a tenth of a plan, and so would `baddbmm`, which
        writes the bias before it adds the products.
        """
        rows = self.members * x.shape[1]
        needed = rows * max(self.settings.hidden, default=0)
        if self._memory.shape[1] < needed:
            self._memory = torch.empty(2, needed)
        for number, (weight, bias) in enumerate(self._layers[:-1]):
            width = weight.shape[-1]
            out = self._memory[number % 2, : rows * width].view(self.members, -1, width)
            x = nn.functional.silu(torch.bmm(x, weight, out=out).add_(bias), inplace=True)
        return x

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """All members on the same inputs: `(B, S)`, `(B, A)` -> `(E, B, S)`."""
        return self.predict_each(
            state.expand(self.members, -1, -1), action.expand(self.members, -1, -1)
        )


def _on_raw_inputs(weight: Tensor, bias: Tensor, inputs: Normalizer) -> tuple[Tensor, Tensor]:
    """A layer `(E, I, O)`, `(E, 1, O)` for normalised inputs, as one for inputs as they are."""
    weight = weight / inputs.std[:, None]
    return weight, bias - (inputs.mean @ weight)[:, None]


@dataclass
class EnsembleHistory:
    """The members' losses after each epoch, `(E,)` each, and which epoch each member kept."""

    train: list[list[float]] = field(default_factory=list)
    holdout: list[list[float]] = field(default_factory=list)
    best_epochs: list[int] = field(default_factory=list)


def bootstrap(rows: int, members: int, generator: torch.Generator) -> Tensor:
    """`(E, N)` row numbers: for each member N rows drawn with replacement.

    A member sees 63 % of the rows on average, some of them twice or more (Efron, 1979).
    """
    validate.at_least("rows", rows, 1)
    validate.at_least("members", members, 1)
    return torch.randint(rows, (members, rows), generator=generator)


def fit_ensemble(
    model: EnsembleDynamics,
    data: Batch,
    generator: torch.Generator,
    settings: FitSettings = FitSettings(),
) -> EnsembleHistory:
    """Train all members at once, each on its own bootstrap sample, each kept at its best epoch.

    Parameters
    ----------
    model : EnsembleDynamics, changed in place; training goes on from the weights it has
    data : Batch; a random share `settings.holdout` of it is trained on by none
    generator : torch.Generator, for the split, the resampling and the order of batches

    Members share no weight, and the sum of their losses has each member's own gradient: one
    backward pass trains them as if each were alone. Training ends when none has improved on the
    held-out data for `settings.patience` epochs.

    Raises
    ------
    ValueError
        For fewer than 2 transitions, or NaN among them.

    Explained in the chapter "Ensembles".
    """
    training, heldout = split_holdout(data, settings.holdout, generator)
    model.fit_normalizers(training)
    model.std_factor.fill_(1.0)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    rows = bootstrap(len(training), model.members, generator)
    if model.settings.linear:
        model.fit_line(training, rows)
    same = torch.arange(len(heldout)).expand(model.members, -1)
    best, history = _Best(model), EnsembleHistory()
    bar = tqdm(range(settings.epochs), unit="epoch", disable=not settings.progress)
    for epoch in bar:
        order = torch.rand(rows.shape, generator=generator).argsort(dim=1)
        rows = rows.gather(1, order)
        chunks = rows.split(settings.batch_size, dim=1)
        losses = [_train_step(model, optimizer, training[chunk]) for chunk in chunks]
        history.train.append(torch.stack(losses).mean(dim=0).tolist())
        with torch.no_grad():
            history.holdout.append(model.losses(heldout[same]).tolist())
        best.keep(torch.tensor(history.holdout[-1]), epoch)
        bar.set_postfix(holdout=sum(history.holdout[-1]) / model.members)
        if epoch - int(best.epochs.max()) >= settings.patience:
            break
    bar.close()
    best.restore()
    history.best_epochs = best.epochs.tolist()
    return history


def _train_step(model: EnsembleDynamics, optimizer: torch.optim.Optimizer, batch: Batch) -> Tensor:
    """One gradient step of every member; their losses `(E,)` before it."""
    losses = model.losses(batch)
    optimizer.zero_grad()
    (losses.sum() + model.network.bound_penalty()).backward()
    optimizer.step()
    return losses.detach()


class _Best:
    """Each member's weights at the epoch with its smallest held-out loss."""

    def __init__(self, model: EnsembleDynamics) -> None:
        self.weights = {name: p.detach().clone() for name, p in model.named_parameters()}
        self.losses = torch.full((model.members,), torch.inf)
        self.epochs = torch.full((model.members,), -1)
        self._model = model

    def keep(self, losses: Tensor, epoch: int) -> None:
        """Take over the members whose loss is the smallest so far."""
        better = losses < self.losses
        self.losses[better], self.epochs[better] = losses[better], epoch
        for name, parameter in self._model.named_parameters():  # the first dimension is members
            self.weights[name][better] = parameter.detach()[better]

    def restore(self) -> None:
        """Put the kept weights into the model."""
        for name, parameter in self._model.named_parameters():
            parameter.data.copy_(self.weights[name])


@torch.no_grad()
def calibrate(model: EnsembleDynamics, heldout: Batch, level: float = 0.9) -> Tensor:
    """Scale each state feature's std so that its central intervals hold what they promise.

    Networks that are stopped early are too careful, ones that are not are too sure. One factor a
    feature, found by bisection on data that no member was trained on, mends the average of both
    (after Levi et al., 2022, who scale by a factor; theirs maximises the likelihood).

    Parameters
    ----------
    model : EnsembleDynamics with Gaussian members, changed in place
    heldout : Batch, not trained on; judge the result on data that are in neither
    level : float in (0, 1), the interval whose coverage is made right

    Returns
    -------
    Tensor, `(S,)`, the factors, between 1e-3 and 1e3. One at its lower end says that the members'
    disagreement alone is too wide, which no factor on their std can mend.
    """
    if not model.settings.gaussian:
        raise ValueError("only an ensemble of Gaussian members can be calibrated")
    model.std_factor.fill_(1.0)
    raw = model.predict(heldout.state, heldout.action)
    low = torch.full_like(model.std_factor, 1e-3)
    high = torch.full_like(low, 1e3)
    for _ in range(40):
        middle = (low * high).sqrt()
        scaled = Gaussian(raw.mean, raw.std * middle)
        wide = coverage(scaled, heldout.next_state, level) > level
        low, high = torch.where(wide, low, middle), torch.where(wide, middle, high)
    model.std_factor.copy_((low * high).sqrt())
    return model.std_factor.clone()

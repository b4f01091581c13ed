"""Lesson 05: answers that learners plausibly give, and what each must be told."""

import itertools

import numpy as np

# Exercise 1: penalty -----------------------------------------------------------------


def penalty_with(
    *, half=1, slope=1, biases=False, absolute=np.abs, sign=np.sign, mean=False
):
    """A right penalty with something changed."""

    def penalty(parameters, l2, l1):
        total, gradients = 0, []
        for place, W in enumerate(parameters):
            if place % 2 == 1 and not biases:
                gradients.append(0 * W)
                continue
            n = W.size if mean else 1
            total += (half * l2 / 2 * np.sum(W**2) + l1 * np.sum(absolute(W))) / n
            gradients.append((slope * l2 * W + l1 * sign(W)) / n)
        return total, gradients

    return penalty


def penalty_value_of(right, also):
    """The penalty as ``also`` has it, with the gradients of ``right``."""
    return lambda *given: (also(*given)[0], right(*given)[1])


def penalty_with_biases_as(bias):
    """All right, but ``bias(b)`` stands in the biases' places of the gradients."""

    def penalty(parameters, l2, l1):
        total, gradients = penalty_with()(parameters, l2, l1)
        gradients[1::2] = [bias(b) for b in parameters[1::2]]
        return total, gradients

    return penalty


def penalty_l1(factor, slope):
    def penalty(parameters, l2, l1):
        total = penalty_with()(parameters, l2, factor * l1)[0]
        return total, penalty_with()(parameters, l2, slope * l1)[1]

    return penalty


def penalty_of_first_layer(parameters, l2, l1):
    W1, *rest = parameters
    total = l2 / 2 * np.sum(W1**2) + l1 * np.sum(np.abs(W1))
    return total, [l2 * W1 + l1 * np.sign(W1), *(np.zeros(p.shape) for p in rest)]


def penalty_without_zeros(parameters, l2, l1):
    total, gradients = penalty_with()(parameters, l2, l1)
    return total, [gradients[i] for i in range(0, len(gradients), 2)]


def penalty_with_root(parameters, l2, l1):
    flat = np.concatenate([W.ravel() for W in parameters[::2]])
    total = l2 / 2 * np.linalg.norm(flat) + l1 * np.abs(flat).sum()
    return total, penalty_with()(parameters, l2, l1)[1]


def penalty_with_loops(parameters, l2, l1):
    total, gradients = 0.0, []
    for place, p in enumerate(parameters):
        gradient = np.zeros(p.shape)
        if place % 2 == 0:
            for index, w in np.ndenumerate(p):
                total += l2 * w * w / 2 + l1 * abs(w)
                kink = 0 if w == 0 else w / abs(w)
                gradient[index] = l2 * w + l1 * kink
        gradients.append(gradient)
    return total, gradients


def penalty_value(value):
    """The right gradients, with ``value(weights, l2, l1)`` as the penalty."""
    return lambda parameters, l2, l1: (
        value(parameters[::2], l2, l1),
        penalty_with()(parameters, l2, l1)[1],
    )


def penalty_costs(weights, l2, l1, mean=np.sum):
    return [l2 / 2 * mean(W**2) + l1 * mean(np.abs(W)) for W in weights]


def penalty_mean_of_all(weights, l2, l1):
    flat = np.concatenate([W.ravel() for W in weights])
    return l2 / 2 * np.mean(flat**2) + l1 * np.mean(np.abs(flat))


def penalty_set_anew(weights, l2, l1):
    for W in weights:
        v = l2 / 2 * np.sum(W**2) + l1 * np.sum(np.abs(W))
    return v


# Exercise 3: shrink ------------------------------------------------------------------


def shrink_in_three_cases(W, amount):
    return np.where(W > amount, W - amount, np.where(W < -amount, W + amount, 0.0))


def shrink_by_clipping(W, amount):
    return W - np.clip(W, -amount, amount)


def shrink_with_loops(W, amount):
    result = np.zeros_like(W)
    for index, w in np.ndenumerate(W):
        if w > amount:
            result[index] = w - amount
        elif w < -amount:
            result[index] = w + amount
    return result


def shrink_by_masks(*conditions):
    """Masks applied in turn, each to the weights as the last one has left them."""

    def shrink(W, amount):
        W = W.copy()
        for condition, change in conditions:
            mask = condition(W, amount)
            W[mask] = change * amount + W[mask] if change else 0.0
        return W

    return shrink


POSITIVE = (lambda W, amount: W > 0, -1)
NEGATIVE = (lambda W, amount: W < 0, 1)
FAR_RIGHT = (lambda W, amount: W > amount, -1)
FAR_LEFT = (lambda W, amount: W < -amount, 1)
NEAR = (lambda W, amount: abs(W) <= amount, 0)
NEARER = (lambda W, amount: abs(W) < amount, 0)

# Exercise 4: folds -------------------------------------------------------------------


def folds_right(order, k):
    pairs, begin = [], 0
    for fold in range(k):
        end = begin + len(order) // k + (fold < len(order) % k)
        held_out = order[begin:end]
        pairs.append((np.concatenate([order[:begin], order[end:]]), held_out))
        begin = end
    return pairs


def folds_with_delete(order, k):
    blocks = np.array_split(np.arange(len(order)), k)
    return [(np.delete(order, block), order[block]) for block in blocks]


def folds_swapped(order, k):
    return [(held_out, inside) for inside, held_out in folds_right(order, k)]


def folds_train_on_all(order, k):
    return [(order, block) for block in np.array_split(order, k)]


def folds_of_positions(order, k):
    return folds_right(np.arange(len(order)), k)


def folds_rest_dropped(order, k):
    n = len(order) // k
    return [
        (np.concatenate([order[: i * n], order[(i + 1) * n :]]), order[i * n :][:n])
        for i in range(k)
    ]


def folds_rest_in_last(order, k):
    n = len(order) // k
    ends = [(i + 1) * n for i in range(k - 1)] + [len(order)]
    return [
        (np.concatenate([order[: i * n], order[end:]]), order[i * n : end])
        for i, end in enumerate(ends)
    ]


def folds_every_kth(order, k):
    return [
        (np.delete(order, np.arange(i, len(order), k)), order[i::k]) for i in range(k)
    ]


def folds_rounded_up(order, k):
    n = int(np.ceil(len(order) / k))
    return [
        (np.concatenate([order[: i * n], order[(i + 1) * n :]]), order[i * n :][:n])
        for i in range(k)
    ]


def folds_smaller_first(order, k):
    cuts = [i * len(order) // k for i in range(k + 1)]
    return [
        (np.concatenate([order[:a], order[b:]]), order[a:b])
        for a, b in itertools.pairwise(cuts)
    ]


def folds_sorted(order, k):
    return [(np.setdiff1d(order, block), block) for block in np.array_split(order, k)]


def folds_of_sets(order, k):
    blocks = np.array_split(order, k)
    return [(list(set(order) - set(block)), list(block)) for block in blocks]


def folds_rotated(order, k):
    blocks = np.array_split(order, k)
    return [
        (np.concatenate(blocks[i + 1 :] + blocks[:i]), block)
        for i, block in enumerate(blocks)
    ]


def folds_delete_by_number(order, k):
    return [(np.delete(order, block), block) for block in np.array_split(order, k)]


def folds_with_a_list(order, k):
    return [
        (np.array([i for i in order if i not in block]), block)
        for block in np.array_split(order, k)
    ]


def folds_only_one(order, k):
    return [folds_right(order, k)[0]]


# Exercise 5: choose ------------------------------------------------------------------


def choose_by(name, over_folds=np.mean):
    """The λ that is best in one of the tables, by one rule."""

    def choose(lambdas, scores):
        return lambdas[np.argmax(over_folds(scores[name], axis=1))]

    return choose


def choose_worst(lambdas, scores):
    return lambdas[np.argmin(scores["held out"].mean(axis=1))]


def choose_place(lambdas, scores):
    return np.argmax(scores["held out"].mean(axis=1))


def choose_score(lambdas, scores):
    return np.max(scores["held out"].mean(axis=1))


def choose_last(lambdas, scores):
    best, chosen = -1, None
    for value, row in zip(lambdas, scores["held out"], strict=True):
        if row.mean() >= best:
            best, chosen = row.mean(), value
    return chosen


def choose_wrong_axis(lambdas, scores):
    return lambdas[np.argmax(scores["held out"].mean(axis=0))]


def choose_cautiously(lambdas, scores):
    rows = scores["held out"]
    means = rows.mean(1)
    best = means.argmax()
    bar = rows[best].std(ddof=1) / len(rows[best]) ** 0.5
    return max(v for v, m in zip(lambdas, means, strict=True) if m >= means[best] - bar)


def choose_by_median(lambdas, scores):
    return lambdas[np.argmax(np.median(scores["held out"], axis=1))]


def choose_all_tied(lambdas, scores):
    means = scores["held out"].mean(axis=1)
    return lambdas[means == means.max()]


def choose_array_of_one(lambdas, scores):
    best = np.argmax(scores["held out"].mean(axis=1))
    return lambdas[best : best + 1]


def choose_by_pairs(lambdas, scores):
    pairs = zip(lambdas, scores["held out"].mean(axis=1), strict=True)
    return max(pairs, key=lambda pair: pair[1])[0]


def choose_with_a_loop(lambdas, scores):
    best, chosen = -1.0, None
    for value, row in zip(lambdas, scores["held out"], strict=True):
        if sum(row) > best:
            best, chosen = sum(row), value
    return chosen


# Exercise 6: EarlyStopping -----------------------------------------------------------


def stopping_with(
    *,
    copy=lambda parameters: [p.copy() for p in parameters],
    in_a_row=True,
    late=0,
    use_minimum=True,
    use_improvement=True,
    to_last=False,
    equal=False,
    keep_last=False,
    stops=True,
):
    """A right class with one thing changed."""

    class EarlyStopping:
        def __init__(self, patience, min_epochs=0, min_improvement=0.0):
            self.patience, self.least = patience + late, min_epochs * use_minimum
            self.much = min_improvement * use_improvement
            self.best_loss = self.last = float("inf")
            self.n = self.bad = 0

        def update(self, loss, parameters):
            self.n += 1
            compared = self.last if to_last else self.best_loss
            if loss < compared - self.much or (equal and loss == compared - self.much):
                self.best_loss, self.best_parameters = loss, copy(parameters)
                self.bad *= not in_a_row
                self.bad += not in_a_row
            else:
                self.bad += 1
            if keep_last:
                self.best_parameters = copy(parameters)
            self.last = loss
            if self.n < self.least:
                return False
            return stops and self.bad >= self.patience

    return EarlyStopping


def counting_bad_epochs(
    *,
    start=np.inf,
    reset=True,
    copy=lambda parameters: [p.copy() for p in parameters],
    stop=lambda self: self.n >= self.least and self.bad >= self.patience,
    use_improvement=True,
    store_loss=True,
    store_parameters=True,
):
    """Written another way: only epochs without improvement are counted."""

    class EarlyStopping:
        def __init__(self, patience, min_epochs=0, min_improvement=0.0):
            self.patience, self.least = patience, min_epochs
            self.much = min_improvement * use_improvement
            self.best_loss, self.best_parameters = start, None
            self.n = self.bad = 0

        def update(self, loss, parameters):
            self.n += 1
            if loss < self.best_loss - self.much:
                if store_loss:
                    self.best_loss = loss
                if store_parameters:
                    self.best_parameters = copy(parameters)
                if reset:
                    self.bad = 0
            else:
                self.bad += 1
            return stop(self)

    return EarlyStopping


class HighestLoss(stopping_with()):
    def __init__(self, *args, **given):
        super().__init__(*args, **given)
        self.best_loss = -float("inf")

    def update(self, loss, parameters):
        self.n += 1
        self.bad += 1
        if loss > self.best_loss + self.much:
            self.best_loss, self.bad = loss, 0
            self.best_parameters = [p.copy() for p in parameters]
        return self.n >= self.least and self.bad >= self.patience


class PatienceFromMinimum(stopping_with()):
    def update(self, loss, parameters):
        stop = super().update(loss, parameters)
        if self.n <= self.least:
            self.bad = 0
            return False
        return stop


class StoringAnyLower(stopping_with()):
    """As the lesson's other rule: best_loss is any lower loss."""

    def update(self, loss, parameters):
        self.n += 1
        self.bad = 0 if loss < self.best_loss - self.much else self.bad + 1
        if loss < self.best_loss:
            self.best_loss = loss
            self.best_parameters = [p.copy() for p in parameters]
        return self.n >= self.least and self.bad >= self.patience


class StoringApart(StoringAnyLower):
    """Clear improvements are counted on a number of their own."""

    clear = np.inf

    def update(self, loss, parameters):
        bad = 0 if loss < self.clear - self.much else self.bad + 1
        self.clear = self.clear if bad else loss
        super().update(loss, parameters)
        self.bad = bad
        return self.n >= self.least and self.bad >= self.patience


def counting_rises(much):
    """The best is kept, but what counts are epochs worse than the one before."""

    class EarlyStopping(stopping_with()):
        def update(self, loss, parameters):
            before = self.last
            super().update(loss, parameters)
            self.run = 0 if loss < before - much * self.much else self.run + 1
            return self.n >= self.least and self.run >= self.patience

    return EarlyStopping


class ReturnsTooSoon(counting_bad_epochs()):
    def update(self, loss, parameters):
        self.n += 1
        if loss < self.best_loss - self.much:
            self.bad = 0
            return False
        self.bad += 1
        return self.n >= self.least and self.bad >= self.patience


class BlindBeforeMinimum(counting_bad_epochs()):
    def update(self, loss, parameters):
        if self.n + 1 < self.least:
            self.n += 1
            return False
        return super().update(loss, parameters)


class ClearsParameters(counting_bad_epochs()):
    def update(self, loss, parameters):
        stop = super().update(loss, parameters)
        parameters[0] *= 0
        return stop


class ReturnsParameters(counting_bad_epochs()):
    def update(self, loss, parameters):
        stop = super().update(loss, parameters)
        return self.best_parameters if stop else False


class WrongSign(counting_bad_epochs()):
    def __init__(self, patience, min_epochs=0, min_improvement=0.0):
        super().__init__(patience, min_epochs, -min_improvement)


class ReturnsOnlyTrue(counting_bad_epochs()):
    def update(self, loss, parameters):
        if super().update(loss, parameters):
            return True


class StoppingByHistory:
    def __init__(self, patience, min_epochs=0, min_improvement=0.0):
        self.settings = patience, min_epochs, min_improvement
        self.losses, self.best_at = [], 0

    @property
    def best_loss(self):
        return self.losses[self.best_at]

    def update(self, loss, parameters):
        patience, least, much = self.settings
        self.losses.append(loss)
        epoch = len(self.losses) - 1
        if epoch == 0 or self.best_loss - loss > much:
            self.best_at = epoch
            self.best_parameters = [np.array(p) for p in parameters]
        return epoch + 1 >= least and epoch - self.best_at >= patience


WRONG = {
    "penalty": [
        (
            penalty_with(biases=True),
            "Biases are penalized too. Only the weights are: the arrays 0, 2, 4, … "
            "of the list.",
        ),
        (
            penalty_value_of(penalty_with(), also=penalty_with(biases=True)),
            "Biases are part of your penalty. Its sums run over the weights only: the "
            "arrays 0, 2, 4, … of the list. Your gradients are right.",
        ),
        *(
            (
                wrong,
                "The penalty and the gradients of the weights are right. But biases "
                "cost nothing: in each bias's place belongs an array of zeros, as "
                "large as the bias. (What the loss wants of the biases is added "
                "later.)",
            )
            for wrong in [
                penalty_value_of(penalty_with(biases=True), also=penalty_with()),
                penalty_with_biases_as(lambda b: 0.0),
                penalty_with_biases_as(lambda b: None),
                penalty_with_biases_as(lambda b: b),
                penalty_with_biases_as(lambda b: np.zeros((1, len(b)))),
            ]
        ),
        (
            penalty_with(half=2, biases=True),
            "Two things. Biases are penalized too: only the arrays 0, 2, 4, … of the "
            "list are weights. And the ½ of the L2 penalty is missing.",
        ),
        (
            penalty_with(half=2, slope=2, biases=True),
            "Two things. Biases are penalized too: only the arrays 0, 2, 4, … of the "
            "list are weights. And in L2, penalty and gradient are both twice too "
            "large.",
        ),
        (
            penalty_with(slope=2, biases=True),
            "Two things. Biases are penalized too: only the arrays 0, 2, 4, … of the "
            "list are weights. And the L2 gradient is twice too large.",
        ),
        *(
            (
                penalty_l1(0.5, slope),
                "The ½ stands before the L2 penalty alone. Your L1 penalty is half of "
                "what it should be.",
            )
            for slope in (1, 0.5)
        ),
        (
            penalty_with(sign=lambda W: np.where(W < 0, -1, 1)),
            "Where a weight is exactly 0, the slope of |w| counts as 0. Yours is 1.",
        ),
        (
            penalty_with(sign=lambda W: W / abs(W)),
            "Where a weight is exactly 0, you divide 0 by 0. There the slope of |w| "
            "counts as 0.",
        ),
        (penalty_l1(0, 0), "The L1 part is missing: l1 changes nothing."),
        (
            lambda parameters, l2, l1: penalty_with()(parameters, 0, l1),
            "The L2 part is missing: l2 changes nothing.",
        ),
        (
            lambda parameters, l2, l1: penalty_with()(parameters, l1, l2),
            "l2 and l1 have changed places.",
        ),
        (
            penalty_with(half=2),
            "The ½ of the L2 penalty is missing: it is l2 / 2 times the sum of "
            "squares. Your gradients are right.",
        ),
        (
            penalty_with(slope=2),
            "The ½ of the L2 penalty and the 2 from the square cancel in its "
            "gradient: the slope of λw²/2 is λw.",
        ),
        (
            penalty_with(half=2, slope=2),
            "Penalty and gradient fit together, but both are twice too large in L2: "
            "the penalty is l2 / 2 times the sum of squares.",
        ),
        (
            penalty_with(slope=0.5),
            "In the L2 gradient a ½ is too much: it cancels against the 2 from the "
            "square.",
        ),
        (
            penalty_with(sign=lambda W: W),
            "The slope of |w| is the sign of w, +1 or −1, not w: small weights are "
            "pushed as hard as large ones.",
        ),
        (
            penalty_with(sign=np.abs),
            "Your slope of |w| is |w| itself. The slope is +1 right of 0 and −1 left"
            " of it, whatever the size.",
        ),
        (
            penalty_with(sign=np.ones_like),
            "The slope of |w| is −1 where w is negative. Yours pushes every weight "
            "down, negative ones away from 0.",
        ),
        (
            penalty_with(absolute=lambda W: W),
            "The L1 penalty adds up absolute values. In your sum, negative weights "
            "cancel positive ones.",
        ),
        (
            penalty_with(mean=True),
            "You took means. The penalty is a sum over the weights.",
        ),
        *(
            (
                penalty_value(value),
                "Your penalty takes means. It is a sum over the weights. Your "
                "gradients are right.",
            )
            for value in (
                penalty_mean_of_all,
                lambda *given: sum(penalty_costs(*given, mean=np.mean)),
            )
        ),
        (
            penalty_value(lambda *given: penalty_costs(*given)[0]),
            "Your penalty counts the first layer only. Every weight of the network "
            "counts. Your gradients are right.",
        ),
        (
            penalty_value(penalty_set_anew),
            "Your penalty counts the last layer only. (Is it set anew for each layer, "
            "with = in place of +=?) Your gradients are right.",
        ),
        (
            penalty_of_first_layer,
            "Only the first layer is penalized. Every weight of the network counts.",
        ),
        (
            penalty_without_zeros,
            "The gradients of the biases are missing from the list. They are zeros, "
            "one array for each bias array, so that the list fits the parameters.",
        ),
        (
            penalty_with_root,
            "The L2 penalty adds up squares; there is no square root around it.",
        ),
    ],
    "mean_settings": [
        (
            (8e-8, 2500, 0.018),
            "Both are the wrong way around: a mean is 500 times smaller than the "
            "sum, so the learning rate grows by 500 and λ shrinks by 500.",
        ),
        (
            (4e-5, 5, 0.018),
            "These are the settings for the sum. For a mean over 500 digits both "
            "change.",
        ),
        (
            (0.02, 5, 0.1),
            "The learning rate is right. But λ must shrink with the loss it is added"
            " to: the whole of C is divided by 500.",
        ),
        (
            (4e-5, 0.01, 0.99),
            "λ is right. The learning rate must make up for a gradient that is 500 "
            "times smaller.",
        ),
        (
            (8e-8, 0.01, 1.0),
            "The learning rate is 500 times too small now: divide λ, but multiply η.",
        ),
        (
            (0.02, 2500, 0.0),
            "λ is multiplied by 500; it must be divided.",
        ),
        (
            (0.02, 0.01, 0.9998),
            "The two settings are right. What is left after one step is 1 − ηλ; "
            "there are 20,000 of them, and the factors multiply.",
        ),
        (
            (0.02, 0.01, -3.0),
            "The two settings are right. A weight never changes its sign by decay: "
            "the factors 1 − ηλ multiply, they do not add up.",
        ),
        (
            (0.02, 0.01, 0.9817),
            "The two settings are right. The third is what is left, not what is lost.",
        ),
        (
            (0.02, 0.01, 0.02),
            "The two settings are right. But 0.02 is rounded too much for what is "
            "left: give three decimals.",
        ),
        (
            (0.02, 0.01, 0),
            "The two settings are right. But something is left of the weight: each "
            "step takes only a share of what is still there.",
        ),
        *(
            (
                (0.02, 0.01, (1 - share) ** 20_000),
                "The two settings are right. η alone or λ alone is not the share that "
                "a step takes: look at the rule for a step of weight decay again.",
            )
            for share in (0.01, 0.02)
        ),
        ((0.01, 0.02, 0.018), "Learning rate and λ have changed places."),
        (
            (0.02, 0.01, 0.992),
            "The two settings are right. For what is left you mixed two worlds: the η "
            "of the sum with the λ of the mean.",
        ),
        (
            (0.02, 0.01, 1),
            "The two settings are right. But a weight is not left as it was: the loss "
            "does not move it, and the penalty does.",
        ),
        *(
            (
                (0.02, 0.01, percent),
                "The two settings are right. What is left is asked as a share of 1, "
                "not in percent.",
            )
            for percent in (1.8, 1.83)
        ),
        (
            (0.0204, 0.01, 0.018),
            "Nearly. Learning rate and λ must be exact, or the steps are not the same.",
        ),
    ],
    "shrink": [
        *(
            (
                wrong,
                "One mask is applied after the other, and the later ones meet weights "
                "that the earlier ones have already moved. Let the weights as they "
                "were given decide.",
            )
            for wrong in (
                shrink_by_masks(POSITIVE, NEGATIVE),
                shrink_by_masks(NEGATIVE, POSITIVE),
                shrink_by_masks(FAR_RIGHT, FAR_LEFT, NEAR),
            )
        ),
        (
            lambda W, amount: np.where(W > amount, W - amount, W + amount),
            "Whatever is not above amount is moved up by amount: the small positive "
            "weights and 0 as well. There are three cases, not two.",
        ),
        (
            shrink_by_masks(NEARER),
            "Small weights become 0, but the others must move toward 0 as well. What"
            " you have is a hard threshold.",
        ),
        (
            lambda W, amount: W - amount * np.sign(W),
            "Weights near 0 are carried past it to the other side. They must stop at"
            " 0.",
        ),
        (
            lambda W, amount: np.where(W > 0, W - amount, W + amount),
            "Weights near 0 are carried past it to the other side. They must stop at"
            " 0.",
        ),
        (
            lambda W, amount: np.where(W >= 0, W - amount, W + amount),
            "Weights near 0 are carried past it to the other side. They must stop at"
            " 0.",
        ),
        (
            lambda W, amount: np.where(
                W > amount, W - amount, np.where(W < -amount, W + amount, W)
            ),
            "Weights within amount of 0 must become 0. Yours stay as they are.",
        ),
        (
            lambda W, amount: np.maximum(np.abs(W) - amount, 0),
            "The sign is lost: a negative weight must stay negative.",
        ),
        (
            lambda W, amount: np.maximum(W - amount, 0),
            "Negative weights all become 0. They move up toward 0 by amount.",
        ),
        (
            lambda W, amount: W * (np.abs(W) > amount),
            "Small weights become 0, but the others must move toward 0 as well. What"
            " you have is a hard threshold.",
        ),
        (
            lambda W, amount: W - amount,
            "Everything is moved down by amount. Negative weights must move up.",
        ),
        (
            lambda W, amount: W - amount * W,
            "You multiply, as L2 does. Here every weight moves by the same amount.",
        ),
        (
            lambda W, amount: np.clip(W, -amount, amount),
            "You cut off what is larger than amount, and keep the rest. It is the "
            "other way around: what sticks out beyond amount is kept.",
        ),
        (
            lambda W, amount: W + amount * np.sign(W),
            "The weights move away from 0.",
        ),
    ],
    "folds": [
        (
            folds_swapped,
            "The two parts of each pair are swapped: first what is trained on, the "
            "large part, then the block held out.",
        ),
        (
            folds_train_on_all,
            "You train on all samples, the held-out ones too. Then the score says "
            "nothing about new samples.",
        ),
        (
            folds_of_positions,
            "Your blocks hold positions 0, 1, 2, …, not the indices that stand in "
            "`order`.",
        ),
        *(
            (
                wrong,
                "Each part holds the right indices, but in another order (sorted, "
                "perhaps). Keep the order in which they stand in `order`.",
            )
            for wrong in (folds_sorted, folds_of_sets, folds_rotated)
        ),
        (
            folds_rounded_up,
            "If k does not divide N, your last block gets too few samples. Sizes "
            "differ by one at most.",
        ),
        (
            folds_delete_by_number,
            "The blocks held out are right. From what is trained on you leave out the "
            "places that the block's numbers name, not those numbers themselves.",
        ),
        (
            folds_smaller_first,
            "The sizes differ by one at most, as they should. But if k does not "
            "divide N, the larger blocks come first.",
        ),
        (
            folds_rest_dropped,
            "If k does not divide N, the last samples are never held out. Blocks may"
            " differ in size by one.",
        ),
        (
            folds_rest_in_last,
            "The samples left over all go to the last block. Spread them: sizes "
            "differ by one at most, larger blocks first.",
        ),
        (
            folds_every_kth,
            "Every k-th sample makes a block. Wanted are blocks that follow one "
            "another in order.",
        ),
        (
            folds_only_one,
            "Only one split. Each of the k blocks must be held out once: k pairs.",
        ),
        (
            lambda order, k: np.array_split(order, k),
            "You return the blocks only. Each needs its partner, what is trained on.",
        ),
    ],
    "choose": [
        *(
            (
                wrong,
                "You choose by the training score. That asks for little or no penalty, "
                "however much the network overfits.",
            )
            for wrong in (
                choose_by("train"),
                lambda lambdas, scores: lambdas[scores["train"].argmax()],
            )
        ),
        *(
            (
                wrong,
                "You choose by the test score. Then the test set has taken part in "
                "training, and nothing is left to test with.",
            )
            for wrong in (
                choose_by("test"),
                lambda lambdas, scores: lambdas[scores["test"].argmax()],
            )
        ),
        *(
            (
                wrong,
                "You look for the largest number of the whole table: argmax without "
                "an axis counts all its numbers, row after row. Take the mean over "
                "the folds first, so that each λ has one number.",
            )
            for wrong in (
                lambda lambdas, scores: lambdas[np.argmax(scores["held out"])],
                lambda lambdas, scores: np.argmax(scores["held out"]),
            )
        ),
        (
            lambda lambdas, scores: np.max(scores["held out"]),
            "You return the best single score of the table. Asked for is a λ: the one "
            "with the best mean over the folds.",
        ),
        (
            lambda lambdas, scores: lambdas[np.argmax(scores["held out"].mean())],
            "It is always the first λ of the list. If you take one mean over the "
            "whole table, only one number is left: take the mean over the folds, axis "
            "1.",
        ),
        *(
            (
                wrong,
                "You return an array. Asked for is a single number: if several λs "
                "have the same best mean, the one that stands first in lambdas.",
            )
            for wrong in (choose_all_tied, choose_array_of_one)
        ),
        (
            choose_by("held out", np.max),
            "You take the best single fold. One lucky fold decides then; take the "
            "mean over the folds.",
        ),
        (
            choose_by("held out", np.min),
            "You take the λ whose worst fold is best. Asked for is the best mean.",
        ),
        (
            choose_worst,
            "That is the λ with the lowest mean. These are accuracies: higher is "
            "better.",
        ),
        (
            choose_place,
            "You return the place of the best λ in the list, not the λ itself.",
        ),
        (
            choose_score,
            "You return the best mean score, not the λ that has it.",
        ),
        (
            choose_last,
            "If several λs have the same best mean, the one that stands first in "
            "lambdas is asked for; you take the last.",
        ),
        (
            choose_wrong_axis,
            "You take the mean over the λs (axis 0), which leaves a number for each "
            "fold. Take it over the folds, axis 1.",
        ),
        (
            choose_cautiously,
            "That is the strongest λ within one standard error of the best mean. The "
            "lesson names this rule below; here the best mean itself decides.",
        ),
        (
            choose_by_median,
            "That is a λ of the list, but not the one with the highest mean score on "
            "the digits held out.",
        ),
    ],
    "EarlyStopping": [
        (
            ReturnsTooSoon,
            "After a first loss, which always is an improvement, neither best_loss nor "
            "best_parameters is stored. (Does update return before it comes to that?)",
        ),
        (
            BlindBeforeMinimum,
            "Before min_epochs update does not look at the loss at all. The best epoch "
            "may be among those: store from the first one on, and only do not stop.",
        ),
        (
            ClearsParameters,
            "update changes the arrays it is given, and training goes on with these. "
            "Only read and copy them.",
        ),
        (
            ReturnsParameters,
            "It stops at the right time. But what update returns then is not True: it "
            "is of type list.",
        ),
        (
            WrongSign,
            "The sign of min_improvement is wrong: yours takes a loss that is a little "
            "higher for an improvement.",
        ),
        *(
            (
                wrong,
                "best_loss and best_parameters change only at an improvement by more "
                "than min_improvement. Yours change at any lower loss.",
            )
            for wrong in (StoringAnyLower, StoringApart)
        ),
        *(
            (
                wrong,
                "You count by the last loss. An epoch counts as long as it does not "
                "beat the best so far.",
            )
            for wrong in (counting_rises(0), counting_rises(1))
        ),
        *(
            (
                counting_bad_epochs(start=start),
                "Your best_loss starts too low (at 0, perhaps): a first loss need not "
                "be below it. The first loss is always an improvement, however high "
                "it is.",
            )
            for start in (0, 0.0, 1, 100, -np.inf)
        ),
        *(
            (
                wrong,
                "The count of epochs without improvement must start again at 0 after "
                "each improvement: they must be in a row.",
            )
            for wrong in (
                counting_bad_epochs(reset=False),
                counting_bad_epochs(reset=False, use_improvement=False),
                counting_bad_epochs(reset=False, copy=list),
            )
        ),
        (
            counting_bad_epochs(store_parameters=False),
            "An improvement is noticed, but best_parameters stays empty: store a copy "
            "of the parameters in self.best_parameters.",
        ),
        (
            counting_bad_epochs(store_loss=False),
            "best_loss keeps its first value. After an improvement it must be the new "
            "loss.",
        ),
        (
            counting_bad_epochs(
                stop=lambda self: self.n >= self.least and self.bad == self.patience
            ),
            "It stops only in the very epoch in which the count is patience. While "
            "min_epochs forbids to stop, the count can grow past it.",
        ),
        (
            counting_bad_epochs(
                stop=lambda self: self.n >= self.least or self.bad >= self.patience
            ),
            "Both must be true before it stops: min_epochs have passed, and patience "
            "is used up. For yours, one of them is enough.",
        ),
        (
            counting_bad_epochs(
                stop=lambda self: self.n > self.least and self.bad >= self.patience
            ),
            "After epoch number min_epochs it may already stop. Yours waits for one "
            "more.",
        ),
        (
            counting_bad_epochs(
                stop=lambda self: self.n < self.least or self.bad < self.patience
            ),
            "update says the opposite: it must return True when it is time to stop.",
        ),
        (
            stopping_with(copy=lambda p: p),
            "best_parameters changes when training goes on: it holds the very arrays"
            " that training changes. Copy each array, not only the list.",
        ),
        (
            stopping_with(copy=list),
            "best_parameters changes when training goes on: it holds the very arrays"
            " that training changes. Copy each array, not only the list.",
        ),
        (
            stopping_with(in_a_row=False),
            "The count of epochs without improvement must start again at 0 after "
            "each improvement: they must be in a row.",
        ),
        (
            stopping_with(late=1),
            "It stops an epoch too late: after patience epochs without improvement, "
            "not after one more.",
        ),
        (
            stopping_with(late=-1),
            "It stops an epoch too early: patience epochs without improvement must "
            "have passed.",
        ),
        (
            stopping_with(use_minimum=False),
            "min_epochs is ignored: before that many epochs it must not stop.",
        ),
        (
            stopping_with(use_improvement=False),
            "min_improvement is ignored: a loss that is lower by a hair does not "
            "count.",
        ),
        (
            stopping_with(to_last=True),
            "You compare with the last loss. An improvement must beat the best so far.",
        ),
        (
            HighestLoss,
            "It keeps the highest loss. A loss is better when it is lower.",
        ),
        (
            stopping_with(equal=True),
            "An equal loss is not an improvement: < instead of <=.",
        ),
        (
            stopping_with(keep_last=True),
            "best_parameters are the last ones. Keep those of the epoch with the "
            "best loss.",
        ),
        (
            stopping_with(stops=False),
            "It never says that it is time to stop: update must return True then.",
        ),
        (
            PatienceFromMinimum,
            "Patience is counted only after min_epochs. Epochs without improvement "
            "count from the beginning; they only cannot stop training before "
            "min_epochs.",
        ),
    ],
}

RIGHT = {
    "penalty": [penalty_with(), penalty_with_loops],
    "mean_settings": [(0.02, 0.01, 0.0183), [2e-2, 1 / 100, np.exp(-4)]],
    "shrink": [shrink_in_three_cases, shrink_by_clipping, shrink_with_loops],
    "folds": [folds_right, folds_with_delete, folds_with_a_list],
    "choose": [choose_by("held out"), choose_with_a_loop, choose_by_pairs],
    "EarlyStopping": [
        stopping_with(),
        counting_bad_epochs(),
        StoppingByHistory,
        ReturnsOnlyTrue,
    ],
}

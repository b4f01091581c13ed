"""Lesson 05: right answers in other styles, wrong ones that no edit expresses."""

import numpy as np

from helpers.exercises.edits import edited

# Exercise 1: penalty -----------------------------------------------------------------


def penalty_place_by_place(parameters, l2, l1):
    total, gradients = 0, []
    for place, W in enumerate(parameters):
        if place % 2 == 1:
            gradients.append(0 * W)
            continue
        total += l2 / 2 * np.sum(W**2) + l1 * np.sum(np.abs(W))
        gradients.append(l2 * W + l1 * np.sign(W))
    return total, gradients


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


def penalty_squeezed(parameters, l2, l1):
    total, gradients = penalty_place_by_place(parameters, l2, l1)
    return total, [np.squeeze(gradient) for gradient in gradients]


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


# Exercise 4: folds -------------------------------------------------------------------


def folds_counted(order, k):
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


def folds_with_a_list(order, k):
    return [
        (np.array([i for i in order if i not in block]), block)
        for block in np.array_split(order, k)
    ]


# Exercise 5: choose ------------------------------------------------------------------


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


class CountingBadEpochs:
    """Only epochs without improvement are counted, and the class is left at once."""

    def __init__(self, patience, min_epochs=0, min_improvement=0.0):
        self.patience, self.least, self.much = patience, min_epochs, min_improvement
        self.best_loss = float("inf")
        self.n = self.bad = 0

    def update(self, loss, parameters):
        self.n += 1
        if loss < self.best_loss - self.much:
            self.best_loss = loss
            self.best_parameters = [p.copy() for p in parameters]
            self.bad = 0
        else:
            self.bad += 1
        if self.n < self.least:
            return False
        return self.bad >= self.patience


def counting_bad_epochs(*edits):
    return edited(CountingBadEpochs, *edits)


STORE = "            self.best_parameters = [p.copy() for p in parameters]\n"
NEVER_BACK = ("            self.bad = 0\n", "")


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


class ReturnsOnlyTrue(CountingBadEpochs):
    def update(self, loss, parameters):
        if super().update(loss, parameters):
            return True


class ReturnsParameters(CountingBadEpochs):
    def update(self, loss, parameters):
        stop = super().update(loss, parameters)
        return self.best_parameters if stop else False


WRONG = {
    "penalty": {
        "The 5th value of the 2nd value has the right numbers in shape (3,)": [
            penalty_squeezed
        ],
    },
    "mean_settings": {
        "Nearly. Learning rate and λ must be exact": [(0.0204, 0.01, 0.018)],
    },
    "shrink": {
        "The result has the right numbers in shape (3,) instead of (1, 3)": [
            lambda W, amount: np.squeeze(shrink_by_clipping(W, amount))
        ],
    },
    "folds": {
        "The 1st value of the 1st value is a single number": [
            lambda order, k: [(np.squeeze(a), b) for a, b in folds_counted(order, k)],
        ],
        "The 1st value of the 1st value": [
            lambda order, k: [
                (a.astype(np.uint8), b) for a, b in folds_counted(order, k)
            ],
        ],
    },
    "choose": {
        "That is a λ of the list": [  # the last one is never looked at
            lambda lambdas, scores: lambdas[scores["held out"][:-1].mean(1).argmax()],
        ],
    },
    "EarlyStopping": {
        "It stops at the right time. But what update returns": [ReturnsParameters],
        "Your best_loss starts too low": [
            counting_bad_epochs(('float("inf")', start))
            for start in ("0", "0.0", "1", "100", '-float("inf")')
        ],
        "The count of epochs without improvement must start again": [
            counting_bad_epochs(NEVER_BACK),
            counting_bad_epochs(NEVER_BACK, (" - self.much", "")),
            counting_bad_epochs(
                NEVER_BACK, ("[p.copy() for p in parameters]", "parameters")
            ),
        ],
        "An improvement is noticed, but best_parameters stays empty": [
            counting_bad_epochs((STORE, "")),
        ],
        "After a first loss, which always is an improvement": [
            counting_bad_epochs(
                ("            self.best_loss = loss\n", "            return False\n")
            ),
        ],
        "update writes into the class itself": [
            counting_bad_epochs(
                ("    def __init__", "    losses = []\n\n    def __init__"),
                ("self.n += 1", "self.losses.append(loss)"),
                ("self.n < ", "len(self.losses) < "),
            ),
        ],
    },
}

RIGHT = {
    "penalty": [penalty_place_by_place, penalty_with_loops],
    "mean_settings": [(0.02, 0.01, 0.0183), [2e-2, 1 / 100, np.exp(-4)]],
    "shrink": [shrink_in_three_cases, shrink_by_clipping, shrink_with_loops],
    "folds": [folds_counted, folds_with_delete, folds_with_a_list],
    "choose": [choose_with_a_loop, choose_by_pairs],
    "EarlyStopping": [CountingBadEpochs, StoppingByHistory, ReturnsOnlyTrue],
}

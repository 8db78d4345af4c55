"""Maps of four dimensions."""

import numpy as np

from indexer.transforms import Affine

CENTRED = Affine(np.array([1.0, 0.0, 0.0, 0.0]))
TURNED = Affine(np.zeros(4), np.eye(4)[[1, 0, 3, 2]])

"""What the original study published: the numbers that this project is compared with.

Source: notebooks of January 2023 in the public GitHub repository
``alejomaar/google-arts-and-culture``. Numbers only.
"""

from types import MappingProxyType
from typing import Final

TILES: Final = 16_378
"""Tiles that its eleven browsers saw."""

TILES_WITHOUT_IMAGE: Final = 67
"""Tiles lost because their lazy background image read ``none``; 16,311 pictures were left."""

LISTING_SECONDS: Final = 373.16
"""Time of its listing: 120 scrolls of three seconds, eleven browsers at once."""

CLASS_COUNTS: Final = MappingProxyType(
    {
        "WHITE": 1168,
        "PINK": 95,
        "YELLOW": 1068,
        "PURPLE": 124,
        "BLUE": 1500,
        "TEAL": 1605,
        "GREEN": 1550,
        "ORANGE": 857,
        "RED": 1112,
        "BROWN": 3610,
        "BLACK": 3612,
    }
)
"""Artworks of each colour in the order in which it lists them, read off its bar chart (16,301 of its 16,311)."""

BEST_PER_FAMILY: Final = MappingProxyType(
    {
        "svm": (0.878526, 0.002072),
        "neural_network": (0.874683, 0.004083),
        "logistic_regression": (0.862421, 0.003955),
        "random_forest": (0.836916, 0.005935),
        "gradient_boosting": (0.782882, 0.006511),
    }
)
"""Accuracy of each family's best candidate: mean and standard deviation over five folds."""

SVM_TEST_ACCURACY: Final = 0.8852378616969102
"""Accuracy of its best candidate, SVC(C=100, gamma=0.01), on the quarter held out; the scaler had seen that quarter."""

PERMUTATION_IMPORTANCE: Final = MappingProxyType(
    {
        "b_lab_mean": 0.277048,
        "a_lab_mean": 0.256891,
        "s_hsv_mean": 0.17229,
        "a_lab_std": 0.131976,
        "v_hsv_mean": 0.130603,
        "r_bgr_mean": 0.092692,
        "l_lab_std": 0.086219,
        "g_bgr_std": 0.081511,
        "b_bgr_std": 0.078225,
        "v_hsv_std": 0.075331,
        "g_bgr_mean": 0.074644,
        "b_bgr_mean": 0.072928,
        "b_lab_std": 0.071359,
        "l_lab_mean": 0.07028,
        "r_bgr_std": 0.069789,
        "h_hsv_mean": 0.052575,
        "h_hsv_std": 0.030358,
        "s_hsv_std": 0.018293,
    }
)
"""Accuracy lost when one feature is shuffled, largest first."""

FEATURE_ELIMINATION: Final = MappingProxyType(
    dict(
        enumerate(
            (0.48, 0.66, 0.73, 0.77, 0.82, 0.82, 0.86, 0.86, 0.87, 0.87, 0.87, 0.87, 0.88, 0.88, 0.88, 0.89, 0.89),
            start=1,
        )
    )
)
"""Accuracy with the 1 … 17 most important features, to two digits as published."""

CONFUSION_PERCENT: Final = MappingProxyType(
    {
        "BLUE": (88.6, 0.3, 0.0, 1.1, 0.8, 0.3, 7.7, 0.0, 0.0, 0.3, 1.1),
        "BROWN": (0.2, 89.1, 1.3, 5.6, 0.4, 1.6, 0.9, 0.6, 0.0, 0.2, 0.0),
        "ORANGE": (0.5, 6.5, 82.2, 1.9, 4.7, 4.2, 0.0, 0.0, 0.0, 0.0, 0.0),
        "BLACK": (0.7, 4.9, 0.1, 92.8, 0.2, 0.6, 0.1, 0.4, 0.0, 0.1, 0.1),
        "RED": (1.4, 1.8, 1.4, 3.2, 88.8, 0.0, 0.4, 1.1, 1.4, 0.4, 0.0),
        "YELLOW": (1.1, 2.6, 6.4, 0.4, 0.4, 82.4, 0.4, 4.9, 0.0, 1.5, 0.0),
        "TEAL": (9.0, 0.5, 0.0, 1.0, 0.0, 0.5, 82.8, 4.0, 0.0, 2.2, 0.0),
        "GREEN": (0.3, 0.5, 0.0, 1.5, 0.3, 1.5, 6.7, 88.9, 0.0, 0.0, 0.3),
        "PINK": (4.2, 0.0, 0.0, 0.0, 4.2, 4.2, 0.0, 4.2, 79.2, 0.0, 4.2),
        "WHITE": (0.3, 1.7, 0.0, 1.4, 0.7, 1.0, 1.7, 1.0, 0.0, 92.1, 0.0),
        "PURPLE": (12.9, 0.0, 0.0, 0.0, 3.2, 0.0, 0.0, 0.0, 3.2, 0.0, 80.6),
    }
)
"""Its confusion matrix: percent of each true colour (row) that was given each name, in the order of the rows."""

"""Every figure of the project under one name: functions take data and return a Figure.

>>> from src.visualization.figures import plot_class_counts, save_figure
>>> figure = plot_class_counts({"RED": 3, "BLUE": 5})
"""

from src.visualization.calibration_curve import plot_reliability
from src.visualization.class_counts import plot_class_counts
from src.visualization.confusion import plot_confusion_matrix
from src.visualization.contact_sheet import make_colour_sheet, make_contact_sheet
from src.visualization.distributions import plot_channel_boxes, plot_densities, plot_feature_distributions
from src.visualization.imgshow import imgshow
from src.visualization.importance import plot_feature_elimination, plot_permutation_importance
from src.visualization.learning_curve import plot_learning_curve
from src.visualization.maps import plot_colour_map, plot_colour_similarity, plot_correlations
from src.visualization.picture_file import encode_picture, render_figure, save_figure, save_picture
from src.visualization.pictures import average_pictures, plot_mean_pictures, plot_picture_channels
from src.visualization.scores import plot_class_scores, plot_family_scores, plot_grid_scores
from src.visualization.style import apply_style

__all__ = [
    "apply_style",
    "average_pictures",
    "encode_picture",
    "imgshow",
    "make_colour_sheet",
    "make_contact_sheet",
    "plot_channel_boxes",
    "plot_class_counts",
    "plot_class_scores",
    "plot_colour_map",
    "plot_colour_similarity",
    "plot_confusion_matrix",
    "plot_correlations",
    "plot_densities",
    "plot_family_scores",
    "plot_feature_distributions",
    "plot_feature_elimination",
    "plot_grid_scores",
    "plot_learning_curve",
    "plot_mean_pictures",
    "plot_permutation_importance",
    "plot_picture_channels",
    "plot_reliability",
    "render_figure",
    "save_figure",
    "save_picture",
]

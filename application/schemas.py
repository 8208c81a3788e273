"""The documents that the service sends, as the OpenAPI document describes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from application.problems import Problem
from application.services.img_classify import Classified
from src.features.schema import FEATURE_NAMES

Share = Annotated[float, Field(ge=0, le=1)]

EXAMPLE: dict[str, Any] = {
    "prediction": "BLUE",
    "probability": 0.9312,
    "second_prediction": "TEAL",
    "second_probability": 0.0419,
    "probabilities": {"BLUE": 0.9312, "TEAL": 0.0419, "PURPLE": 0.0269},
    "is_familiar": True,
    "kind": "JPEG",
    "width": 218,
    "height": 218,
    "colour_profile": {"action": "none", "detail": ""},
    "model_version": "3f9a1c77e0b2",
}


class ColourProfile(BaseModel):
    """What was done about a picture's colour profile."""

    action: Literal["none", "srgb", "converted", "kept"] = Field(
        description="none: it has none; srgb: nothing was to be done; converted: to sRGB; kept: it cannot be used"
    )
    detail: str = Field(description="The profile's own name, or why it cannot be used")


class Classification(BaseModel):
    """The colour of one picture."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE}, protected_namespaces=())

    prediction: str = Field(description="The colour")
    probability: Share = Field(description="Calibrated probability of the prediction")
    second_prediction: str = Field(description="The second guess")
    second_probability: Share = Field(description="Its probability")
    probabilities: dict[str, Share] = Field(description="Every colour of the model, most probable first; sums to 1")
    is_familiar: bool = Field(
        description="Whether the picture is like those that the model learned from; where not, the answer is a guess"
    )
    kind: str = Field(description="Of the file, by its content: JPEG, PNG, WebP …")
    width: int = Field(description="Pixels, after EXIF rotation", ge=1)
    height: int = Field(description="Pixels, after EXIF rotation", ge=1)
    colour_profile: ColourProfile = Field(description="What was done about the embedded colour profile")
    model_version: str = Field(description="Version of the model that answered")
    shares: dict[str, Share] | None = Field(
        default=None,
        description="With shares=true: the named colours in the picture, largest first; every pixel of the "
        "reduced picture counts for the nearest swatch, tint or shade in CIELAB",
    )
    features: dict[str, float] | None = Field(
        default=None, description="With features=true: the 18 colour statistics that the model sees"
    )

    @classmethod
    def describe(cls, classified: Classified, *, with_features: bool = False) -> Self:
        """Describe one picture."""
        prediction, picture = classified.prediction, classified.picture
        return cls(
            prediction=prediction.colour,
            probability=prediction.probability,
            second_prediction=prediction.second_colour,
            second_probability=prediction.second_probability,
            probabilities=dict(prediction.probabilities),
            is_familiar=prediction.is_familiar,
            kind=picture.kind,
            width=picture.width,
            height=picture.height,
            colour_profile=ColourProfile(action=picture.profile.action, detail=picture.profile.detail),
            model_version=classified.model_version,
            shares=None if classified.shares is None else dict(classified.shares),
            features=dict(zip(FEATURE_NAMES, classified.features.tolist(), strict=True)) if with_features else None,
        )


class BatchItem(BaseModel):
    """The answer or the problem of one file of a batch."""

    filename: str | None = Field(default=None, description="As sent")
    classification: Classification | None = Field(default=None, description="If it was classified")
    problem: Problem | None = Field(default=None, description="If it was not")


class BatchAnswer(BaseModel):
    """One item per file, in the order they were sent."""

    classified: int = Field(description="Files with a classification", ge=0)
    refused: int = Field(description="Files with a problem", ge=0)
    items: list[BatchItem]


class ModelDescription(BaseModel):
    """The card of the model in use."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    version: str
    classes: list[str]
    feature_names: list[str]
    family: str
    parameters: dict[str, Any]
    libraries: dict[str, str]
    scores: dict[str, Any]


class Reloaded(BaseModel):
    """What a reload did."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str = Field(description="Version that this worker uses now")
    previous_version: str = Field(description="Version before")


class Health(BaseModel):
    """The state of a worker."""

    status: Literal["alive", "ready"]
    model_version: str | None = Field(default=None, description="Of the model in use")

    model_config = ConfigDict(protected_namespaces=())

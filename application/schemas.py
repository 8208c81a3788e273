"""The documents that the service sends, as the OpenAPI document describes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

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


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="URI reference that names the sort of problem and leads to its explanation")
    title: str = Field(description="The sort of problem, in words")
    status: int = Field(description="The HTTP status", ge=400, le=599)
    detail: str = Field(description="What was wrong this time, what was expected and what to do")
    request_id: str | None = Field(default=None, description="The id of the request, as in the X-Request-ID header")


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


class Reloaded(BaseModel):
    """What a reload did."""

    model_version: str = Field(description="Version that this worker uses now")
    previous_version: str = Field(description="Version before")


class Health(BaseModel):
    """The state of a worker."""

    status: Literal["alive", "ready"]
    model_version: str | None = Field(default=None, description="Of the model in use")

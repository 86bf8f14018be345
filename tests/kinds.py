"""The kinds of lists that are promised. Written out, not asked of the code, so that none can vanish unnoticed."""

KINDS = (
    "enterprises",
    "figures",
    "evidence",
    "titles",
    "applications",
    "honours",
    "listings",
    "above-scale",
    "doubling",
    "indicators",
    "targets",
    "chains",
    "roles",
    "links",
    "demands",
    "offers",
)

"""Distance on the globe 球面距离."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_KM = 6371.0088  # mean radius (IUGG)


def haversine(longitude: Floats, latitude: Floats, to_longitude: Floats, to_latitude: Floats) -> Floats:
    """Kilometres between points in degrees; arrays are broadcast, NaN stays NaN.

    2 R asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)), on a sphere: within 0.5 % of the ellipsoid.
    """
    lambda1, phi1, lambda2, phi2 = (np.radians(each) for each in (longitude, latitude, to_longitude, to_latitude))
    rise = np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin((lambda2 - lambda1) / 2) ** 2
    found: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(rise, 0.0, 1.0)))
    return found

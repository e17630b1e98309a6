"""What an artist reads about camera mode and about scenes from objects."""

CAMERA = "Camera"
TO_CAMERA = "In space"
TO_CAMERA_HELP = (
    "Stand the empties in the 3D scene so that the active camera sees the same picture; from then on the camera decides"
)
TO_PLANE = "On the plane"
TO_PLANE_HELP = "Put the empties back on the picture plane so that the picture stays the same"
DISTANCE = "Distance"
DISTANCE_HELP = "How far from the camera the empties stand; 0 = as far as the picture plane"
SPREAD = "Depth"
SPREAD_HELP = "How far apart in depth the empties stand, as a share of the distance"
BACKDROP = "Picture behind the camera view"
BACKDROP_HELP = "Show the picture as the camera's background image"
PUSH = "Push back"
PUSH_HELP = "Draw this blob as if it stood so much farther from the camera; less than 0 draws it in front"
SEEN_BY = "Seen by {name}"

NO_CAMERA = "The Blender scene has no active camera."
NO_CAMERA_ACTION = "Add a camera, or put the empties back on the plane."
PANORAMA = "Maquette cannot look through a panoramic camera."
PANORAMA_ACTION = "Make it a perspective or an orthographic camera."
HELD = "The picture changed, because constraints hold: {names}"

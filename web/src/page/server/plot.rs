//! Points and vectors as SVG paths. Nothing here knows of the page.

use std::fmt::Write as _;

/// What a point looks like; the first policies have one each, the others share the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Up,
    Diamond,
    Down,
    Plus,
    Cross,
    Bar,
    Dot,
}

impl Marker {
    /// All of them, in the order that policies get them.
    pub(super) const ALL: [Self; 9] = [
        Self::Circle,
        Self::Square,
        Self::Up,
        Self::Diamond,
        Self::Down,
        Self::Plus,
        Self::Cross,
        Self::Bar,
        Self::Dot,
    ];

    /// Of the policy of this rank.
    pub(super) fn of(rank: usize) -> Self {
        Self::ALL.get(rank).copied().unwrap_or(Self::Dot)
    }

    /// Draws one at each of these places, with this radius.
    pub(super) fn path(self, at: impl IntoIterator<Item = [f32; 2]>, radius: f32) -> String {
        let mut path = String::new();
        for [x, y] in at {
            match self {
                Self::Circle => circle(&mut path, [x, y], radius),
                Self::Dot => circle(&mut path, [x, y], radius * 0.7),
                Self::Square => polygon(&mut path, &SQUARE, [x, y], radius),
                Self::Up => polygon(&mut path, &UP, [x, y], radius),
                Self::Diamond => polygon(&mut path, &DIAMOND, [x, y], radius),
                Self::Down => polygon(&mut path, &UP.map(|[x, y]| [x, -y]), [x, y], radius),
                Self::Plus => polygon(&mut path, &PLUS, [x, y], radius),
                Self::Cross => polygon(&mut path, &PLUS.map(|[x, y]| [0.75 * (x - y), 0.75 * (x + y)]), [x, y], radius),
                Self::Bar => polygon(&mut path, &BAR, [x, y], radius),
            }
        }
        path
    }
}

const SQUARE: [[f32; 2]; 4] = [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]];
const UP: [[f32; 2]; 3] = [[0.0, -1.2], [1.15, 0.9], [-1.15, 0.9]];
const DIAMOND: [[f32; 2]; 4] = [[0.0, -1.3], [1.1, 0.0], [0.0, 1.3], [-1.1, 0.0]];
const BAR: [[f32; 2]; 4] = [[-1.4, -0.55], [1.4, -0.55], [1.4, 0.55], [-1.4, 0.55]];
const PLUS: [[f32; 2]; 12] = [
    [-0.42, -1.25],
    [0.42, -1.25],
    [0.42, -0.42],
    [1.25, -0.42],
    [1.25, 0.42],
    [0.42, 0.42],
    [0.42, 1.25],
    [-0.42, 1.25],
    [-0.42, 0.42],
    [-1.25, 0.42],
    [-1.25, -0.42],
    [-0.42, -0.42],
];

fn circle(path: &mut String, [x, y]: [f32; 2], radius: f32) {
    let (left, across) = (x - radius, 2.0 * radius);
    let _ = write!(
        path,
        "M{left:.1} {y:.1}a{radius:.1} {radius:.1} 0 1 0 {across:.1} 0a{radius:.1} {radius:.1} 0 1 0-{across:.1} 0z"
    );
}

fn polygon(path: &mut String, corners: &[[f32; 2]], [x, y]: [f32; 2], radius: f32) {
    let mut command = 'M';
    for [right, down] in corners {
        let _ = write!(path, "{command}{:.1} {:.1}", x + right * radius, y + down * radius);
        command = 'L';
    }
    path.push('z');
}

/// The radius of markers, in units of a picture that is 200 wide.
pub(super) fn radius(points: usize) -> f32 {
    match points {
        0..100 => 3.6,
        100..500 => 2.6,
        _ => 1.8,
    }
}

/// Where a point is in the picture: from -100 to 100, downwards.
pub(super) fn placed([x, y]: [f32; 2]) -> [f32; 2] {
    [100.0 * x, -100.0 * y]
}

/// A way to go by an arrow key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Left,
    Right,
    Up,
    Down,
}

/// The number of the point that is nearest to a place, and not further than `reach`.
pub(super) fn nearest(points: &[[f32; 2]], [x, y]: [f32; 2], reach: f32) -> Option<usize> {
    let distances = points.iter().map(|[px, py]| (px - x).hypot(py - y)).enumerate();
    let near = distances.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (near.1 <= reach).then_some(near.0)
}

/// The number of the next point that way; none at the edge. What is aside counts twice.
pub(super) fn next(points: &[[f32; 2]], from: usize, way: Way) -> Option<usize> {
    let [x, y] = *points.get(from)?;
    let ahead = points.iter().enumerate().filter_map(|(number, [px, py])| {
        let (right, down) = (px - x, py - y);
        let (along, aside) = match way {
            Way::Left => (-right, down),
            Way::Right => (right, down),
            Way::Up => (-down, right),
            Way::Down => (down, right),
        };
        // Points at one place are gone through by their numbers.
        let is_same = right == 0.0 && down == 0.0;
        let is_next = if is_same { number > from } else { along > 0.0 };
        is_next.then_some((along + 2.0 * aside.abs(), number))
    });
    ahead.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, number)| number)
}

/// A vector as bars from a middle line, in a picture of `columns(vector)` by 100. Of many values, those furthest from 0.
pub(super) fn bars(vector: &[f32], largest: f32) -> String {
    let scale = if largest > 0.0 { 50.0 / largest } else { 0.0 };
    let mut path = String::new();
    for (column, values) in vector.chunks(width(vector)).enumerate() {
        let value =
            values.iter().copied().fold(0.0_f32, |far, value| if value.abs() > far.abs() { value } else { far });
        let _ = write!(path, "M{column} 50h.8v{:.1}h-.8z", -value * scale);
    }
    path
}

/// How many bars a vector has.
pub(super) fn columns(vector: &[f32]) -> usize {
    vector.len().div_ceil(width(vector))
}

fn width(vector: &[f32]) -> usize {
    vector.len().div_ceil(MAX_COLUMNS).max(1)
}

/// The value furthest from 0, without its sign.
pub(super) fn largest(vector: &[f32]) -> f32 {
    vector.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

/// More bars are narrower than a pixel.
const MAX_COLUMNS: usize = 512;

#[cfg(test)]
mod tests {
    use super::{Marker, Way, bars, columns, largest, nearest, next};

    #[test]
    fn each_marker_is_drawn_at_each_point() {
        let mut shapes: Vec<String> = Marker::ALL.map(|marker| marker.path([[1.0, 2.0], [-3.0, 4.0]], 2.0)).to_vec();
        for shape in &shapes {
            assert_eq!(shape.matches('M').count(), 2, "{shape}");
            assert_eq!(shape.matches('z').count(), 2, "{shape}");
        }
        shapes.dedup();
        assert_eq!(shapes.len(), Marker::ALL.len());
        assert_eq!(Marker::of(0), Marker::Circle);
        assert_eq!(Marker::of(40), Marker::Dot);
    }

    #[test]
    fn the_nearest_point_is_within_reach() {
        let points = [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]];
        assert_eq!(nearest(&points, [8.0, 1.0], 5.0), Some(1));
        assert_eq!(nearest(&points, [8.0, 8.0], 5.0), None);
        assert_eq!(nearest(&[], [0.0, 0.0], 5.0), None);
    }

    #[test]
    fn arrows_lead_to_every_point_and_end_at_the_edges() {
        let points = [[0.0, 0.0], [10.0, 1.0], [20.0, -1.0], [10.0, 30.0], [10.0, 30.0]];
        assert_eq!(next(&points, 0, Way::Right), Some(1));
        assert_eq!(next(&points, 1, Way::Right), Some(2));
        assert_eq!(next(&points, 2, Way::Right), None);
        assert_eq!(next(&points, 2, Way::Left), Some(1));
        assert_eq!(next(&points, 1, Way::Down), Some(3));
        assert_eq!(next(&points, 3, Way::Down), Some(4));
        assert_eq!(next(&points, 4, Way::Up), Some(1));
        assert_eq!(next(&points, 9, Way::Up), None);
    }

    #[test]
    fn a_vector_is_as_many_bars_as_fit() {
        let short = [0.5, -1.0, 0.0];
        assert_eq!((columns(&short), largest(&short)), (3, 1.0));
        assert_eq!(bars(&short, 1.0), "M0 50h.8v-25.0h-.8zM1 50h.8v50.0h-.8zM2 50h.8v-0.0h-.8z");
        let long = vec![0.25; 1_536];
        assert_eq!(columns(&long), 512);
        assert_eq!(bars(&long, 0.25).matches('M').count(), 512);
        assert_eq!((columns(&[]), bars(&[], 0.0)), (0, String::new()));
    }
}

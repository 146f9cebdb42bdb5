//! Icons, drawn in lines on a grid of 24.

use yew::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::page) enum Shape {
    Lock,
    Open,
    Denied,
    Warning,
    Check,
    Cross,
    Plus,
    Trash,
    Pencil,
    Copy,
    Down,
    Up,
    Undo,
    Redo,
    Share,
    Code,
    Help,
    Sun,
    Moon,
    System,
    Gallery,
    Play,
    Stop,
    Search,
    Key,
    People,
    Data,
    Server,
    Attack,
    Turn,
    More,
}

impl Shape {
    fn path(self) -> &'static str {
        match self {
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Open => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 6.8-1.2",
            Self::Denied => "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.5 6.5l11 11",
            Self::Warning => "M12 4 3 20h18zM12 10v4M12 17v.5",
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Trash => "M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13",
            Self::Pencil => "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
            Self::Copy => "M9 9h10v11H9zM15 9V5H5v11h4",
            Self::Down => "M12 4v11M7 11l5 5 5-5M5 20h14",
            Self::Up => "M12 16V5M7 9l5-5 5 5M5 20h14",
            Self::Undo => "M9 6 4 10l5 4M4 10h10a5 5 0 0 1 0 10h-3",
            Self::Redo => "m15 6 5 4-5 4M20 10H10a5 5 0 0 0 0 10h3",
            Self::Share => "M12 15V4M8 8l4-4 4 4M6 12v8h12v-8",
            Self::Code => "m9 7-5 5 5 5M15 7l5 5-5 5",
            Self::Help => "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9.8 9.8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.7M12 16v.5",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1"
            }
            Self::Moon => "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
            Self::System => "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
            Self::Gallery => "M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z",
            Self::Play => "M8 5l11 7-11 7z",
            Self::Stop => "M7 7h10v10H7z",
            Self::Search => "M10.5 5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM15 15l5 5",
            Self::Key => "M8 12a4 4 0 1 0 0 .01M12 12h8M17 12v3M20 12v2.5",
            Self::People => {
                "M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM3.5 19c0-3 2.5-5 5.5-5s5.5 2 5.5 5M16 6a2.5 2.5 0 0 1 0 5M17 14c2 .4 3.5 2.200 3.500 5"
            }
            Self::Data => {
                "M5 7c0-1.700 3.100-3 7-3s7 1.300 7 3-3.100 3-7 3-7-1.300-7-3zM5 7v10c0 1.700 3.100 3 7 3s7-1.300 7-3V7M5 12c0 1.700 3.100 3 7 3s7-1.300 7-3"
            }
            Self::Server => "M4 5h16v6H4zM4 13h16v6H4zM7 8v.01M7 16v.01",
            Self::Attack => "M13 3 6 13h5l-1 8 8-11h-5z",
            Self::Turn => "M19 12a7 7 0 1 1-2-5M17 3v4h-4",
            Self::More => "M6 12v.01M12 12v.01M18 12v.01",
        }
    }
}

#[derive(PartialEq, Properties)]
pub(in crate::page) struct Props {
    pub(in crate::page) shape: Shape,
}

/// An icon; what it stands for is written beside it, or in its button's label.
#[component]
pub(in crate::page) fn Icon(props: &Props) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={props.shape.path()} /></svg>
    }
}

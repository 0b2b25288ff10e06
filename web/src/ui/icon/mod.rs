//! Icons: one set, drawn on a 16 px grid with a 1.5 px line.

use dioxus::prelude::*;

/// The drawings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "one set; not every screen needs every drawing")]
pub(crate) enum Glyph {
    Alert,
    Archive,
    ArrowDown,
    Ban,
    Blocked,
    Check,
    Clients,
    Coin,
    Comment,
    Copy,
    Down,
    Download,
    Edit,
    External,
    Eye,
    File,
    Filter,
    Flag,
    Grip,
    Group,
    Help,
    History,
    Hour,
    Key,
    Left,
    List,
    Mail,
    Moon,
    More,
    Offline,
    Open,
    Out,
    Panel,
    Paste,
    Pipeline,
    Plus,
    Print,
    Projects,
    Quote,
    Refresh,
    Review,
    Right,
    Rules,
    Search,
    Settings,
    Shares,
    Shield,
    Subtasks,
    Sun,
    Time,
    Today,
    Trash,
    Undo,
    UpDown,
    Upload,
    User,
    X,
}

impl Glyph {
    fn paths(self) -> &'static str {
        match self {
            Self::Alert => r#"<path d="M8 2.75 14 13H2z"/><path d="M8 6.75v2.75M8 11.25h.01"/>"#,
            Self::Archive => {
                r#"<rect x="2" y="3" width="12" height="3" rx="0.75"/><path d="M3.25 6v5.5c0 .8.7 1.5 1.5 1.5h6.5c.8 0 1.5-.7 1.5-1.5V6M6.5 8.75h3"/>"#
            }
            Self::ArrowDown => r#"<path d="M8 3v10M4 9l4 4 4-4"/>"#,
            Self::Ban => r#"<circle cx="8" cy="8" r="5.75"/><path d="m4 4 8 8"/>"#,
            Self::Blocked => {
                r#"<circle cx="4" cy="4" r="1.75"/><circle cx="12" cy="12" r="1.75"/><path d="M4 5.75V9c0 1.65 1.35 3 3 3h3.25"/>"#
            }
            Self::Check => r#"<path d="m3.25 8.5 3 3 6.5-7"/>"#,
            Self::Clients => {
                r#"<circle cx="6" cy="5.25" r="2.5"/><path d="M1.75 13.25c0-2.4 1.8-3.9 4.25-3.9s4.25 1.5 4.25 3.9"/><path d="M10.5 2.95a2.5 2.5 0 0 1 0 4.6M12.25 9.7c1.3.6 2 1.85 2 3.55"/>"#
            }
            Self::Coin => {
                r#"<circle cx="8" cy="8" r="5.75"/><path d="M10.25 5.9a2.9 2.9 0 1 0 0 4.2M4.75 7.25h3.5M4.75 8.75h3"/>"#
            }
            Self::Comment => {
                r#"<path d="M13.5 7.75c0 2.6-2.45 4.5-5.5 4.5-.7 0-1.4-.1-2-.3L3 13l.75-2.35c-.8-.8-1.25-1.8-1.25-2.9 0-2.6 2.45-4.5 5.5-4.5s5.5 1.9 5.5 4.5z"/>"#
            }
            Self::Copy => {
                r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5V4c0-.8-.7-1.5-1.5-1.5H4c-.8 0-1.5.7-1.5 1.5v5c0 .8.7 1.5 1.5 1.5h1.5"/>"#
            }
            Self::Down => r#"<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>"#,
            Self::Download => r#"<path d="M8 2.5v7.5M4.75 7 8 10.25 11.25 7M2.75 12.75h10.5"/>"#,
            Self::Edit => r#"<path d="m3 10.75-.5 2.75 2.75-.5 7.6-7.6a1.6 1.6 0 0 0-2.25-2.25z"/>"#,
            Self::External => {
                r#"<path d="M9.5 2.5h4v4M13.5 2.5 7.5 8.5M12 9.5V12c0 .8-.7 1.5-1.5 1.5H4c-.8 0-1.5-.7-1.5-1.5V5.5C2.5 4.7 3.2 4 4 4h2.5"/>"#
            }
            Self::Eye => {
                r#"<path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8z"/><circle cx="8" cy="8" r="1.75"/>"#
            }
            Self::File => {
                r#"<path d="M9.25 2.25h-4.5c-.7 0-1.25.55-1.25 1.25v9c0 .7.55 1.25 1.25 1.25h6.5c.7 0 1.25-.55 1.25-1.25v-7z"/><path d="M9.25 2.25V5.5h3.25M6 8.5h4M6 11h2.5"/>"#
            }
            Self::Filter => r#"<path d="M2.5 4.25h11M4.75 8h6.5M7 11.75h2"/>"#,
            Self::Flag => r#"<path d="M3.5 14V2.75M3.5 3.25h8.75L10.5 6.25l1.75 3H3.5"/>"#,
            Self::Grip => r#"<path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01"/>"#,
            Self::Group => r#"<path d="M2.5 3.5h11M5 6.5h8.5M2.5 9.5h11M5 12.5h8.5"/>"#,
            Self::Help => {
                r#"<circle cx="8" cy="8" r="5.75"/><path d="M6.4 6.4c.1-.9.75-1.5 1.65-1.5.95 0 1.65.6 1.65 1.45 0 1.1-1.65 1.3-1.65 2.4M8.05 11.1h.01"/>"#
            }
            Self::History => {
                r#"<path d="M2.75 5.5A5.75 5.75 0 1 1 2.25 8M2.5 2.75V5.5h2.75"/><path d="M8 5v3l2 1.25"/>"#
            }
            Self::Hour => {
                r#"<path d="M4 2.5h8M4 13.5h8M5 2.5c0 3 3 3.5 3 5.5s-3 2.5-3 5.5M11 2.5c0 3-3 3.5-3 5.5s3 2.5 3 5.5"/>"#
            }
            Self::Key => r#"<circle cx="5.25" cy="10.75" r="2.75"/><path d="m7.25 8.75 6-6M10.5 5.5l2 2"/>"#,
            Self::Left => r#"<path d="M9.5 4.5 6 8l3.5 3.5"/>"#,
            Self::List => r#"<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01"/>"#,
            Self::Mail => {
                r#"<rect x="2" y="3.5" width="12" height="9" rx="1.5"/><path d="m2.5 5 5.5 4 5.5-4"/>"#
            }
            Self::Moon => r#"<path d="M13.25 9.5A5.75 5.75 0 0 1 6.5 2.75a5.75 5.75 0 1 0 6.75 6.75z"/>"#,
            Self::More => r#"<path d="M3.5 8h.01M8 8h.01M12.5 8h.01"/>"#,
            Self::Offline => {
                r#"<path d="M2 6.25C3.6 4.8 5.7 4 8 4c.9 0 1.8.1 2.6.35M14 6.25c-.4-.4-.9-.75-1.4-1.05M4.5 9.25c.9-.85 2.1-1.35 3.5-1.35M8 12.25h.01M2.75 2.75l10.5 10.5"/>"#
            }
            Self::Open => r#"<circle cx="8" cy="8" r="5.5"/>"#,
            Self::Out => {
                r#"<path d="M6 13.5H4c-.8 0-1.5-.7-1.5-1.5V4c0-.8.7-1.5 1.5-1.5h2M10.5 11l3-3-3-3M13.5 8H6"/>"#
            }
            Self::Panel => r#"<rect x="2" y="3" width="12" height="10" rx="1.75"/><path d="M6 3v10"/>"#,
            Self::Paste => {
                r#"<path d="M5.5 3.5H4.25C3.55 3.5 3 4.05 3 4.75v7.5c0 .7.55 1.25 1.25 1.25h7.5c.7 0 1.25-.55 1.25-1.25v-7.5c0-.7-.55-1.25-1.25-1.25H10.5"/><rect x="5.5" y="2.25" width="5" height="2.5" rx="0.75"/>"#
            }
            Self::Pipeline => r#"<path d="M3.25 3v10M8 3v6.5M12.75 3v3.5"/>"#,
            Self::Plus => r#"<path d="M8 3.25v9.5M3.25 8h9.5"/>"#,
            Self::Print => {
                r#"<path d="M4.5 6V2.5h7V6M4.5 11.5H3.25c-.7 0-1.25-.55-1.25-1.25v-3C2 6.55 2.55 6 3.25 6h9.5c.7 0 1.25.55 1.25 1.25v3c0 .7-.55 1.25-1.25 1.25H11.5"/><rect x="4.5" y="9.5" width="7" height="4" rx="0.75"/>"#
            }
            Self::Projects => {
                r#"<path d="M2 4.75c0-.7.55-1.25 1.25-1.25h2.9l1.6 1.75h5c.7 0 1.25.55 1.25 1.25v5.25c0 .7-.55 1.25-1.25 1.25h-9.5C2.55 13 2 12.45 2 11.75z"/>"#
            }
            Self::Quote => {
                r#"<path d="M6.5 4.5C4.5 5 3.25 6.4 3.25 8.6v2.15h3.5V7.9H4.9M12.75 4.5C10.75 5 9.5 6.4 9.5 8.6v2.15H13V7.9h-1.85"/>"#
            }
            Self::Refresh => r#"<path d="M13.25 5.5A5.75 5.75 0 1 0 13.75 8M13.5 2.75V5.5h-2.75"/>"#,
            Self::Review => {
                r#"<path d="M2.5 4h7M2.5 8h4.5M2.5 12h3.5"/><path d="m8.75 11.25 2 2 3.75-4.25"/>"#
            }
            Self::Right => r#"<path d="M6.5 4.5 10 8l-3.5 3.5"/>"#,
            Self::Rules => r#"<path d="M2.5 4h11M2.5 8h6M2.5 12h8"/><path d="M11.5 6.5v3"/>"#,
            Self::Search => r#"<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>"#,
            Self::Settings => {
                r#"<path d="M2.5 5h6M12.5 5h1M2.5 11h1M7.5 11h6"/><circle cx="10.5" cy="5" r="1.75"/><circle cx="5.5" cy="11" r="1.75"/>"#
            }
            Self::Shares => {
                r#"<path d="M6.75 5H5a3 3 0 0 0 0 6h1.75M9.25 5H11a3 3 0 0 1 0 6H9.25M5.75 8h4.5"/>"#
            }
            Self::Shield => {
                r#"<path d="M8 1.9 13 3.6v4.15c0 3.05-2.05 5.25-5 6.35-2.95-1.1-5-3.3-5-6.35V3.6z"/><path d="m5.9 7.9 1.5 1.5 2.8-3.1"/>"#
            }
            Self::Subtasks => {
                r#"<path d="M3.5 2.5v8c0 .85.65 1.5 1.5 1.5h2M3.5 6H7"/><path d="M9.5 6h4M9.5 12h4"/>"#
            }
            Self::Sun => {
                r#"<circle cx="8" cy="8" r="2.75"/><path d="M8 1.75v1.5M8 12.75v1.5M1.75 8h1.5M12.75 8h1.5M3.6 3.6l1.05 1.05M11.35 11.35l1.05 1.05M12.4 3.6l-1.05 1.05M4.65 11.35 3.6 12.4"/>"#
            }
            Self::Time => r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 4.75V8l2.25 1.5"/>"#,
            Self::Today => {
                r#"<rect x="2.5" y="3.5" width="11" height="10" rx="2"/><path d="M2.5 6.75h11M5.5 2v2.5M10.5 2v2.5"/><path d="M5.5 10h2.5"/>"#
            }
            Self::Trash => {
                r#"<path d="M2.75 4.5h10.5M6 4.5V3.25c0-.4.35-.75.75-.75h2.5c.4 0 .75.35.75.75V4.5M4.25 4.5l.5 7.9c.05.65.55 1.1 1.2 1.1h4.1c.65 0 1.15-.45 1.2-1.1l.5-7.9"/>"#
            }
            Self::Undo => r#"<path d="M5.5 3 2.75 5.75 5.5 8.5M2.75 5.75H10a3.25 3.25 0 0 1 0 6.5H6.5"/>"#,
            Self::UpDown => r#"<path d="m5.25 6 2.75-2.75L10.75 6M5.25 10 8 12.75 10.75 10"/>"#,
            Self::Upload => r#"<path d="M8 10.25v-7.5M4.75 5.75 8 2.5l3.25 3.25M2.75 12.75h10.5"/>"#,
            Self::User => {
                r#"<circle cx="8" cy="5.25" r="2.75"/><path d="M2.75 13.75c0-2.6 2.2-4.25 5.25-4.25s5.25 1.65 5.25 4.25"/>"#
            }
            Self::X => r#"<path d="m4 4 8 8M12 4l-8 8"/>"#,
        }
    }
}

/// How large an icon is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum IconSize {
    /// 14 px.
    Small,
    /// 16 px.
    #[default]
    Medium,
    /// 20 px.
    Large,
}

/// A drawing. Without a `label` it is decoration, and hidden from screen readers.
#[component]
pub(crate) fn Icon(
    glyph: Glyph,
    #[props(default)] size: IconSize,
    #[props(default)] label: Option<String>,
) -> Element {
    let size = match size {
        IconSize::Small => Some("sm"),
        IconSize::Medium => None,
        IconSize::Large => Some("lg"),
    };
    rsx! {
        svg {
            class: "icon",
            "data-size": size,
            view_box: "0 0 16 16",
            role: label.as_ref().map(|_| "img"),
            "aria-label": label.clone(),
            "aria-hidden": label.is_none().then_some("true"),
            dangerous_inner_html: glyph.paths(),
        }
    }
}

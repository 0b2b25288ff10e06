//! Atoms. A variant is an enum in code and one data attribute in the page; looks are in `style.css`.

pub(crate) mod avatar;
pub(crate) mod badge;
pub(crate) mod banner;
pub(crate) mod btn;
pub(crate) mod card;
pub(crate) mod check;
pub(crate) mod chip;
pub(crate) mod date;
pub(crate) mod dialog;
pub(crate) mod duration;
pub(crate) mod empty;
pub(crate) mod field;
pub(crate) mod icon;
pub(crate) mod icon_btn;
pub(crate) mod inline_edit;
pub(crate) mod kbd;
pub(crate) mod menu;
pub(crate) mod meter;
pub(crate) mod page_bar;
pub(crate) mod palette;
pub(crate) mod pick;
pub(crate) mod prio;
pub(crate) mod seg;
pub(crate) mod shell;
pub(crate) mod shortcuts;
pub(crate) mod skeleton;
pub(crate) mod status;
pub(crate) mod swatch;
pub(crate) mod switch;
pub(crate) mod tabs;
pub(crate) mod toast;

/// What pages use all the time.
pub(crate) mod prelude {
    #[allow(unused_imports, reason = "one list for all pages")]
    pub(crate) use super::{
        avatar::{Avatar, AvatarShape, AvatarSize},
        badge::{Badge, Tone},
        banner::Banner,
        btn::{Btn, BtnKind, BtnSize, LinkBtn, Variant},
        card::Card,
        check::Check,
        chip::{Chip, SearchBox, SelectChip},
        date::{DateInput, DatePick},
        dialog::{Dialog, DialogSize},
        duration::DurationInput,
        empty::{Empty, Failed},
        field::{Field, Input, InputKind, Select, SelectOption, TextArea},
        icon::{Glyph, Icon, IconSize},
        icon_btn::IconBtn,
        inline_edit::InlineEdit,
        kbd::Kbd,
        menu::{Menu, MenuItem, MenuLabel, MenuSep},
        meter::{Meter, MeterTone},
        page_bar::{Crumb, PageBar},
        pick::Pick,
        prio::Prio,
        seg::Seg,
        skeleton::{Skeleton, SkeletonRows},
        status::Status,
        swatch::{HueSeg, Swatch},
        switch::Switch,
        tabs::{Tab, Tabs},
        toast,
    };
}

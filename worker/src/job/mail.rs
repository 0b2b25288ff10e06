//! Sends one mail.
//!
//! A mail may be sent twice (by a worker that dies between sending it and saying so); both carry the same
//! `Message-ID`, made from the outbox row's id.

use chrono::{DateTime, Utc};
use smartstack_domain::identity::reset_recipient;
use smartstack_domain::invitation;
use smartstack_domain::outbox::{Mail, MailContent};
use smartstack_schema::{MemberRole, WebhookDisabledReason};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Services;
use crate::adapter::mail::template::Values;
use crate::adapter::mail::{MailError, OutgoingMail};
use crate::runtime::{Failure, FailureKind};

pub(super) async fn run(
    services: &Services,
    id: Uuid,
    work: Mail,
    give_back: &CancellationToken,
) -> Result<(), Failure> {
    let Some((template, values)) = places(services, work.content).await? else {
        tracing::info!("a mail had nobody to go to");
        return Ok(());
    };
    let rendered = services
        .templates
        .render(template, &values)
        .map_err(|error| Failure::new(FailureKind::Permanent, error))?;
    let mail = OutgoingMail {
        id,
        to: work.to,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        at: services.db.clock().now(),
    };
    let sent = tokio::select! {
        sent = services.mailer.send(&mail) => sent,
        () = give_back.cancelled() => return Err(Failure::said(FailureKind::NotNow, "the worker is stopping")),
    };
    sent.map_err(|error| match error {
        MailError::Unavailable(_) => Failure::new(FailureKind::Unavailable, error),
        MailError::Refused(_) => Failure::new(FailureKind::Permanent, error),
    })?;
    // Not the address: logs outlive accounts.
    tracing::info!(template, "mail sent");
    Ok(())
}

/// Which template a mail is made from, and what stands in its places; `None` where nobody is behind the
/// address. Links are made here, so that no token ever lies in the database or the queue.
async fn places(
    services: &Services,
    content: MailContent,
) -> Result<Option<(&'static str, Values)>, Failure> {
    let address = &services.public_url;
    let (template, values) = match content {
        MailContent::ResetPassword { reset_id, expires_at } => {
            let found = services
                .db
                .in_system(move |tx| Box::pin(async move { reset_recipient(tx, reset_id).await }));
            let Some(name) = found.await? else {
                return Ok(None);
            };
            let token = services.secrets.password_reset_token(reset_id);
            let link = format!("{address}/reset-password?token={token}");
            let values = vec![("name", name), ("link", link), ("until", moment(expires_at))];
            ("reset_password", values)
        }
        MailContent::PasswordChanged { name, at } => {
            let link = format!("{address}/forgot-password");
            (
                "password_changed",
                vec![("name", name), ("link", link), ("at", moment(at))],
            )
        }
        MailContent::SecondFactorChanged { name, on, at } => {
            let state = if on { "on" } else { "off" };
            let link = format!("{address}/settings/security");
            let values = vec![
                ("name", name),
                ("state", state.to_owned()),
                ("link", link),
                ("at", moment(at)),
            ];
            ("second_factor_changed", values)
        }
        MailContent::SecondFactorReset { name, at } => {
            let link = format!("{address}/settings/security");
            let values = vec![("name", name), ("link", link), ("at", moment(at))];
            ("second_factor_reset", values)
        }
        MailContent::RecoveryCodeUsed { name, left, at } => {
            let link = format!("{address}/settings/security");
            let left = match left {
                1 => "1 code is left".to_owned(),
                left => format!("{left} codes are left"),
            };
            let values = vec![("name", name), ("left", left), ("link", link), ("at", moment(at))];
            ("recovery_code_used", values)
        }
        MailContent::ConfirmAddress {
            name,
            change_id,
            expires_at,
        } => {
            let token = services.secrets.email_change_token(change_id);
            let link = format!("{address}/confirm-email?token={token}");
            let values = vec![("name", name), ("link", link), ("until", moment(expires_at))];
            ("confirm_address", values)
        }
        MailContent::AddressChanged {
            name,
            address: new,
            at,
        } => (
            "address_changed",
            vec![("name", name), ("new", new), ("at", moment(at))],
        ),
        MailContent::ConfirmSignUp {
            name,
            sign_up_id,
            expires_at,
        } => {
            let token = services.secrets.sign_up_token(sign_up_id);
            let link = format!("{address}/confirm?token={token}");
            let values = vec![("name", name), ("link", link), ("until", moment(expires_at))];
            ("confirm_sign_up", values)
        }
        MailContent::Invitation {
            workspace,
            inviter,
            role,
            invitation_id,
            nonce,
            expires_at,
        } => {
            let token = invitation::token(&services.secrets, invitation_id, &nonce);
            let rights = match role {
                MemberRole::Owner => "You will be able to do everything there, like its owner.",
                MemberRole::Member => "You will be able to see and change all work there.",
                MemberRole::Viewer => "You will be able to see all work there, and change nothing.",
            };
            let values = vec![
                ("workspace", workspace),
                ("inviter", inviter),
                ("rights", rights.to_owned()),
                ("link", format!("{address}/join?token={token}")),
                ("until", moment(expires_at)),
            ];
            ("invitation", values)
        }
        MailContent::WebhookDisabled {
            workspace,
            url,
            reason,
            last,
        } => {
            let host = url.split('/').nth(2).unwrap_or(&url).to_owned();
            let why = match reason {
                WebhookDisabledReason::Gone => "Its receiver says that it is gone for good.",
                WebhookDisabledReason::Failing | WebhookDisabledReason::Person => {
                    "Nothing could be delivered for more than a day. The last attempt:"
                }
            };
            let values = vec![
                ("workspace", workspace),
                ("host", host),
                ("url", url),
                ("why", why.to_owned()),
                ("last", last),
                ("link", format!("{address}/settings/webhooks")),
            ];
            ("webhook_disabled", values)
        }
        MailContent::AlreadyRegistered { name } => (
            "already_registered",
            vec![("name", name), ("sign_in_url", format!("{address}/sign-in"))],
        ),
    };
    let everywhere = ("public_url", address.clone());
    let values = values.into_iter().chain([everywhere]);
    Ok(Some((
        template,
        values.map(|(name, value)| (name.to_owned(), value)).collect(),
    )))
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

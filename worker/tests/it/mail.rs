//! One suite over every mail adapter: whatever the variant, a mail is sent whole, once, or refused clearly.

use std::path::Path;

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use smartstack_worker::adapter::mail::{
    FileMailer, MailError, Mailer, MemoryMailer, OutgoingMail, SmtpMailer,
};
use uuid::Uuid;

use crate::smtp_sink::SmtpSink;

/// A variant under test and a way to read back what arrived, as raw mails.
enum Case {
    Memory(MemoryMailer),
    File(tempfile::TempDir, Mailer),
    Smtp(SmtpSink, Mailer),
}

impl Case {
    async fn all() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = Mailer::File(FileMailer::new(folder.path().join("new/mail"), from()).unwrap());
        let sink = SmtpSink::start().await;
        let smtp = Mailer::Smtp(SmtpMailer::new(&sink.url(), from()).unwrap());
        vec![
            Self::Memory(MemoryMailer::default()),
            Self::File(folder, file),
            Self::Smtp(sink, smtp),
        ]
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::File(..) => "file",
            Self::Smtp(..) => "smtp",
        }
    }

    fn mailer(&self) -> Mailer {
        match self {
            Self::Memory(mailer) => Mailer::Memory(mailer.clone()),
            Self::File(_, mailer) | Self::Smtp(_, mailer) => mailer.clone(),
        }
    }

    /// Subjects of what arrived, in order.
    fn arrived(&self) -> Vec<String> {
        match self {
            Self::Memory(mailer) => mailer.sent().into_iter().map(|mail| mail.subject).collect(),
            Self::File(folder, _) => files(&folder.path().join("new/mail"))
                .iter()
                .map(|(_, raw)| subject(raw))
                .collect(),
            Self::Smtp(sink, _) => sink.mails().iter().map(|raw| subject(raw)).collect(),
        }
    }
}

fn from() -> Mailbox {
    "SmartStack <no-reply@smartstack.example>".parse().unwrap()
}

fn mail(second: u64, subject: &str) -> OutgoingMail {
    let at = DateTime::<Utc>::from_timestamp(1_772_600_000 + i64::try_from(second).unwrap(), 0).unwrap();
    OutgoingMail {
        id: uuid_at(1_772_600_000 + second),
        to: "ada@example.com".to_owned(),
        subject: subject.to_owned(),
        text: "Grüße,\n.\nthe line with a single dot stays".to_owned(),
        html: "<p>Grüße</p>".to_owned(),
        at,
    }
}

/// A version 7 id of that second, with fixed random bits.
fn uuid_at(second: u64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(second * 1000, &[7; 10]).into_uuid()
}

fn subject(raw: &str) -> String {
    raw.lines()
        .find_map(|line| line.strip_prefix("Subject: "))
        .unwrap()
        .to_owned()
}

/// Names and contents, sorted by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                std::fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn mails_arrive_in_order() {
    for case in Case::all().await {
        case.mailer().send(&mail(1, "first")).await.unwrap();
        case.mailer().send(&mail(2, "second")).await.unwrap();
        assert_eq!(case.arrived(), ["first", "second"], "{}", case.name());
    }
}

#[tokio::test]
async fn a_malformed_receiver_is_refused_for_good() {
    for case in Case::all().await {
        for to in ["", "nobody", "a@b@c", "x@example.com\r\nBcc: y@example.com"] {
            let error = case
                .mailer()
                .send(&OutgoingMail {
                    to: to.to_owned(),
                    ..mail(1, "x")
                })
                .await
                .unwrap_err();
            assert!(
                matches!(error, MailError::Refused(_)),
                "{}: {to:?}: {error}",
                case.name()
            );
        }
        assert!(case.arrived().is_empty(), "{}", case.name());
    }
}

#[tokio::test]
async fn a_repeated_mail_can_be_told() {
    for case in Case::all().await {
        case.mailer().send(&mail(1, "once")).await.unwrap();
        case.mailer().send(&mail(1, "once")).await.unwrap();
        match &case {
            Case::Memory(_) | Case::File(..) => assert_eq!(case.arrived(), ["once"], "{}", case.name()),
            // A server takes both; the receiver's program sees from the id that they are one.
            Case::Smtp(sink, _) => {
                let mails = sink.mails();
                assert_eq!(mails.len(), 2);
                assert_eq!(mails[0], mails[1]);
                assert!(mails[0].contains(&format!(
                    "Message-ID: <{}@smartstack.example>",
                    uuid_at(1_772_600_001)
                )));
            }
        }
    }
}

#[tokio::test]
async fn a_file_is_a_whole_mail_with_a_name_that_sorts() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer::File(FileMailer::new(folder.path(), from()).unwrap());
    mailer.send(&mail(0, "Bestätigen")).await.unwrap();
    let files = files(folder.path());
    assert_eq!(files.len(), 1, "nothing partial is left");
    assert!(files[0].0.starts_with("20260304T045320.000Z-"), "{}", files[0].0);
    assert!(files[0].0.ends_with(".eml"));
    insta::assert_snapshot!("eml", files[0].1.replace('\r', ""));
}

#[tokio::test]
async fn what_the_server_says_decides_whether_to_try_again() {
    let sink = SmtpSink::start().await;
    let mailer = Mailer::Smtp(SmtpMailer::new(&sink.url(), from()).unwrap());
    sink.answer_receivers_with("451 4.3.0 try later");
    assert!(matches!(
        mailer.send(&mail(1, "x")).await.unwrap_err(),
        MailError::Unavailable(_)
    ));
    sink.answer_receivers_with("550 5.1.1 no such mailbox");
    assert!(matches!(
        mailer.send(&mail(1, "x")).await.unwrap_err(),
        MailError::Refused(_)
    ));
    sink.answer_receivers_with("250 2.1.5 ok");
    mailer.send(&mail(1, "x")).await.unwrap();
}

#[tokio::test]
async fn an_absent_server_is_worth_another_try() {
    // A port that was free a moment ago and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mailer = Mailer::Smtp(SmtpMailer::new(&format!("smtp://127.0.0.1:{port}"), from()).unwrap());
    assert!(matches!(
        mailer.send(&mail(1, "x")).await.unwrap_err(),
        MailError::Unavailable(_)
    ));
}

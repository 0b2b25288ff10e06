//! Who is who: people of the export, as they are known in the workspace that is filled.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use smartstack_schema::{MemberRole, UserId};

use super::{manifest::PersonLine, noun::Noun};
use crate::workspace::Member;

/// A person of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedPerson {
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they might do where the export was made.
    pub role: MemberRole,
    /// Whether they are a member here: what they did and are to do keeps their name.
    pub is_member: bool,
}

/// Puts the ids of members here in the place of those in the export. Only members are found: an import tells
/// nobody who else has an account, and puts nothing in the name of somebody who has not joined.
pub(super) struct People {
    replace: HashMap<String, String>,
    members: HashSet<String>,
    pub(super) all: Vec<ImportedPerson>,
}

impl People {
    pub(super) fn new(lines: Vec<PersonLine>, members: &[Member]) -> Self {
        let mut replace = HashMap::new();
        let mut all = Vec::with_capacity(lines.len());
        for line in lines {
            let same = |member: &&Member| member.person.id.uuid() == line.id;
            let here = members
                .iter()
                .find(same)
                .or_else(|| members.iter().find(|member| member.person.email == line.email));
            if let Some(here) = here.map(|member| member.person.id)
                && here.uuid() != line.id
            {
                replace.insert(line.id.to_string(), here.uuid().to_string());
                replace.insert(UserId(line.id).to_string(), here.to_string());
            }
            all.push(ImportedPerson {
                is_member: here.is_some(),
                name: line.name,
                email: line.email,
                role: line.role,
            });
        }
        Self {
            replace,
            members: members
                .iter()
                .map(|member| member.person.id.uuid().to_string())
                .collect(),
            all,
        }
    }

    /// A row with the ids of people here. An id is 128 bits and nobody else's: wherever one stands, in a
    /// column or in a version of a row, it means that person.
    pub(super) fn localize(&self, noun: &Noun, row: &mut Map<String, Value>) {
        if !self.replace.is_empty() {
            row.values_mut().for_each(|value| self.replace_in(value));
        }
        for column in noun.people {
            if let Some(value) = row.get_mut(*column)
                && !value.as_str().is_some_and(|id| self.members.contains(id))
            {
                *value = Value::Null;
            }
        }
    }

    fn replace_in(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(here) = self.replace.get(text) {
                    text.clone_from(here);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.replace_in(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.replace_in(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use smartstack_schema::Hue;
    use uuid::Uuid;

    use super::*;
    use crate::{export::noun::NOUNS, identity::User};

    #[test]
    fn members_keep_their_name_and_others_lose_it() {
        let member = |id: u128, email: &str| Member {
            person: User {
                id: UserId(Uuid::from_u128(id)),
                name: email.to_owned(),
                email: email.to_owned(),
                hue: Hue::Sea,
            },
            role: MemberRole::Owner,
            since: chrono::DateTime::UNIX_EPOCH,
        };
        let line = |id: u128, email: &str| PersonLine {
            id: Uuid::from_u128(id),
            name: email.to_owned(),
            email: email.to_owned(),
            role: MemberRole::Owner,
        };
        let lines = vec![
            line(1, "ada@example.com"),
            line(2, "bob@example.com"),
            line(3, "eve@example.com"),
        ];
        // Ada is who she was, Bob has another account here, Eve has none that matters.
        let people = People::new(
            lines,
            &[member(1, "new@example.com"), member(9, "bob@example.com")],
        );
        let here: Vec<bool> = people.all.iter().map(|person| person.is_member).collect();
        assert_eq!(here, [true, true, false]);
        let id = |id: u128| Uuid::from_u128(id).to_string();
        let tasks = NOUNS.iter().find(|noun| noun.name == "tasks").expect("a noun");
        let mut rows = [1, 2, 3].map(|who| {
            let row = json!({ "assignee_id": id(who), "title": id(2), "in": [{ "deep": id(who) }] });
            row.as_object().cloned().unwrap_or_default()
        });
        rows.iter_mut().for_each(|row| people.localize(tasks, row));
        let found = rows.map(|row| (row["assignee_id"].clone(), row["in"][0]["deep"].clone()));
        assert_eq!(
            found,
            [
                (json!(id(1)), json!(id(1))),
                (json!(id(9)), json!(id(9))),
                (Value::Null, json!(id(3)))
            ]
        );
    }
}

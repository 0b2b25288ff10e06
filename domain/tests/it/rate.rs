use chrono::TimeDelta;
use smartstack_domain::rate::{self, Budgets, Spent};

use crate::support::World;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

async fn spends(budgets: &Budgets, key: &str, cost: u64) -> bool {
    matches!(budgets.spend(key, cost).await.unwrap(), Spent::Yes(_))
}

#[tokio::test]
async fn processes_share_a_budget_and_give_out_no_more_than_it() {
    let world = World::new().await;
    let process = || Budgets::new(world.db.api().clone(), 1000, MINUTE);
    let processes = [process(), process(), process()];
    let mut spent = 0;
    for round in 0..200 {
        if spends(&processes[round % 3], "ada", 10).await {
            spent += 10;
        }
    }
    assert!(
        (850..=1000).contains(&spent),
        "{spent}: each process wastes less than a block of 50"
    );
    assert!(
        spends(&processes[0], "eve", 900).await,
        "another's budget is another"
    );
    let left = processes[0].peek("ada");
    assert!(left.remaining < 50, "{left:?}");
    assert_eq!(left.reset_at - world.clock.now(), MINUTE);
    world.clock.advance(MINUTE);
    assert_eq!(processes[0].peek("ada").remaining, 1000);
    assert!(spends(&processes[0], "ada", 1000).await);
    assert!(!spends(&processes[1], "ada", 1).await);
}

#[tokio::test]
async fn what_is_too_much_for_what_is_left_is_refused_and_less_is_not() {
    let world = World::new().await;
    let budgets = Budgets::new(world.db.api().clone(), 1000, MINUTE);
    assert!(spends(&budgets, "ada", 700).await);
    assert!(!spends(&budgets, "ada", 400).await);
    assert!(spends(&budgets, "ada", 300).await);
    assert!(!spends(&budgets, "ada", 1).await);
    let gone = |age| {
        world
            .db
            .worker()
            .in_system(move |tx| Box::pin(async move { rate::purge(tx, age).await }))
    };
    assert_eq!(gone(MINUTE).await.unwrap(), 0);
    world.clock.advance(MINUTE + TimeDelta::seconds(1));
    assert_eq!(gone(MINUTE).await.unwrap(), 1);
}

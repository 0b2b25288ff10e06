use sea_orm::sqlx::{self, Connection, PgConnection, Row};
use smartstack_domain::search;
use smartstack_domain::testing::TestDb;

use crate::support::World;

#[tokio::test]
async fn without_a_workspace_nothing_is_found() {
    let world = World::new().await;
    world.project("Orchard").await;
    let found = world.work(|tx| Box::pin(async move { search::search(tx, "orchard", 20).await }));
    assert_eq!(found.await.unwrap().len(), 1);
    let mut api = PgConnection::connect(&world.db.url("smartstack_api"))
        .await
        .unwrap();
    let count = "SELECT count(*) FROM search_workspace('orchard', 20)";
    for scope in ["", "00000000-0000-0000-0000-000000000000"] {
        let mut tx = api.begin().await.unwrap();
        sqlx::query("SET LOCAL ROLE smartstack_app")
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query("SELECT set_config('app.workspace_id', $1, true)")
            .bind(scope)
            .execute(&mut *tx)
            .await
            .unwrap();
        let row = sqlx::query(count).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(row.get::<i64, _>(0), 0, "{scope:?}");
    }
}

#[tokio::test]
async fn only_people_may_search() {
    let db = TestDb::new().await;
    let admin = &mut PgConnection::connect(&db.admin_url()).await.unwrap();
    let may = "SELECT has_function_privilege($1, 'search_workspace(text, integer)', 'EXECUTE')";
    for (role, expected) in [
        ("smartstack_app", true),
        ("smartstack_share", false),
        ("smartstack_work", false),
        ("smartstack_system", false),
    ] {
        let row = sqlx::query(may).bind(role).fetch_one(&mut *admin).await.unwrap();
        assert_eq!(row.get::<bool, _>(0), expected, "{role}");
    }
}

// Codes, tokens and what becomes of them.
#include "actors/identity_server/oauth/grants.hpp"

#include <gtest/gtest.h>

#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/oauth/errors.hpp"
#include "actors/identity_server/registry/turn.hpp"
#include "protocol/base/hex.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::identity_server::oauth {
namespace {

using storage::EntityKey;

constexpr UtcTime now{std::chrono::seconds{1'700'000'000}};

/// Transactions on a store in memory, as the registry makes them.
class Grants : public testing::Test {
 protected:
  Status run(ChangeEntities change, UtcTime at = now) {
    Status outcome;
    change.reply = [&](const Result<std::vector<EntityPtr>>& done) {
      outcome = done ? Status() : Status(fail(done.error()));
    };
    std::vector<Change> changes;
    changes.emplace_back(std::move(change));
    Turn turn(std::move(changes));
    turn.plan(read(storage::Family::entity, turn.rows_to_read()), at);
    turn.resolve(read(storage::Family::entity_index, turn.index_rows_to_read()));
    EXPECT_TRUE(store.write(turn.records(), storage::Durability::sync));
    turn.finish({});
    return outcome;
  }
  std::vector<Row> read(storage::Family family, const std::vector<Bytes>& keys) {
    std::vector<Row> rows;
    for (const auto& key : keys) rows.push_back(store.get(family, key));
    return rows;
  }
  IssuedCode make_code() {
    return issue_code({"ada", "cli", "session-1", {Right::all}}, "code", {}, now, *random);
  }
  std::size_t count(std::vector<EntityKey> keys) { return keys.size(); }

  storage::MemoryEngine store;
  std::unique_ptr<Random> random = make_seeded_random(1);
};

TEST_F(Grants, ACodeBecomesOneToken) {
  const auto issued = make_code();
  EXPECT_TRUE(issued.text.starts_with("MF2XI." + issued.code.id + "."));
  ASSERT_TRUE(run(authorize(issued.code, {})));
  EXPECT_EQ(codes_of(store, "ada", "cli")->size(), 1U);
  EXPECT_TRUE((*authorized_rights(store, "ada", "cli"))->has(Right::all));
  EXPECT_FALSE(*authorized_rights(store, "ada", "console"));

  const auto token = issue_token(issued.code.grantee, true, *random);
  EXPECT_TRUE(token.access_text.starts_with("MFRWG." + token.token.id + "."));
  EXPECT_TRUE(token.refresh_text.starts_with("OJSWM." + token.token.id + "."));
  ASSERT_TRUE(run(exchange(issued.code, token.token, {})));
  EXPECT_EQ(codes_of(store, "ada", "")->size(), 0U);
  ASSERT_EQ(tokens_of(store, "ada", "cli")->size(), 1U);
  EXPECT_EQ(tokens_of(store, "ada", "console")->size(), 0U);
  EXPECT_EQ(tokens_of(store, "ad", "")->size(), 0U) << "a prefix of a name is another user";

  const auto again = issue_token(issued.code.grantee, true, *random);
  const auto second = run(exchange(issued.code, again.token, {}));
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(invalid_grant));
  EXPECT_EQ(tokens_of(store, "ada", "")->size(), 1U);
}

TEST_F(Grants, ACodeExpiresAfterFiveMinutes) {
  const auto issued = make_code();
  ASSERT_TRUE(run(authorize(issued.code, {})));
  const auto token = issue_token(issued.code.grantee, false, *random);
  const auto late = run(exchange(issued.code, token.token, {}), now + code_time);
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().is(invalid_grant));
  EXPECT_TRUE(
      run(exchange(issued.code, token.token, {}), now + code_time - std::chrono::milliseconds{1}));
}

TEST_F(Grants, ARefreshRotatesTheTokenOnce) {
  const auto issued = make_code();
  ASSERT_TRUE(run(authorize(issued.code, {})));
  const auto first = issue_token(issued.code.grantee, true, *random);
  ASSERT_TRUE(run(exchange(issued.code, first.token, {})));
  const auto second = issue_token(issued.code.grantee, true, *random);
  ASSERT_TRUE(run(refresh(first.token, second.token)));
  const auto tokens = *tokens_of(store, "ada", "cli");
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(tokens.front(), access_token_entity(second.token.id));
  const auto third = issue_token(issued.code.grantee, true, *random);
  EXPECT_TRUE(run(refresh(first.token, third.token)).error().is(invalid_grant));
}

TEST_F(Grants, AWithdrawnAuthorizationLeavesNothing) {
  const auto first = make_code();
  const auto second = make_code();
  ASSERT_TRUE(run(authorize(first.code, {})));
  ASSERT_TRUE(run(authorize(second.code, {})));
  const auto token = issue_token(first.code.grantee, true, *random);
  ASSERT_TRUE(run(exchange(first.code, token.token, {})));
  auto hanging = *tokens_of(store, "ada", "cli");
  const auto codes = *codes_of(store, "ada", "cli");
  hanging.insert(hanging.end(), codes.begin(), codes.end());
  ASSERT_EQ(hanging.size(), 2U);
  ASSERT_TRUE(run(withdraw("ada", "cli", hanging)));
  EXPECT_EQ(tokens_of(store, "ada", "")->size(), 0U);
  EXPECT_EQ(codes_of(store, "ada", "")->size(), 0U);
  EXPECT_FALSE(*authorized_rights(store, "ada", "cli"));
  const auto late = issue_token(second.code.grantee, true, *random);
  EXPECT_TRUE(run(exchange(second.code, late.token, {})).error().is(invalid_grant));
  EXPECT_TRUE(run(refresh(token.token, late.token)).error().is(invalid_grant));
}

TEST_F(Grants, WhatAUserHasWithAClientIsBounded) {
  for (std::size_t i = 0; i < codes_max + 5; ++i) {
    const auto old = surplus(store, *codes_of(store, "ada", "cli"), now, codes_max);
    ASSERT_TRUE(old);
    ASSERT_TRUE(run(authorize(make_code().code, *old), now + std::chrono::milliseconds{i}));
    EXPECT_LE(codes_of(store, "ada", "cli")->size(), codes_max);
  }
  const auto expired = surplus(store, *codes_of(store, "ada", "cli"), now + code_time, codes_max);
  EXPECT_EQ(expired->size(), codes_max);
}

TEST(CodeRecord, HoldsTheChallengeAndNoSecret) {
  const auto random = make_seeded_random(2);
  const CodeChallenge challenge{"S256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"};
  const auto issued = issue_code({"ada", "cli", "s", {Right::user_info, Right::all}},
                                 "local-callback", challenge, now, *random);
  const auto draft = code_draft(issued.code);
  const auto secret = issued.text.substr(issued.text.rfind('.') + 1);
  EXPECT_EQ(as_text(draft.message).find(secret), std::string_view::npos);
  const auto read = decode_code({code_entity(issued.code.id), draft.message, now, now, {}, {}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->challenge.value, challenge.value);
  EXPECT_EQ(read->challenge.method, "S256");
  EXPECT_EQ(read->grantee.rights, issued.code.grantee.rights);
  EXPECT_EQ(read->redirect_uri, "local-callback");
  EXPECT_EQ(read->expires_at, now + code_time);
  // ON-DISK: our fields are 1000 and 1001 (tags c2 3e and ca 3e).
  const auto hex = hex_lower(draft.message);
  EXPECT_NE(hex.find("c23e04" + hex_lower(as_bytes("S256"))), std::string::npos) << hex;
  EXPECT_NE(hex.find("ca3e2b" + hex_lower(as_bytes(challenge.value))), std::string::npos) << hex;
}

// RFC 7636, appendix B.
TEST(CodeChallenge, IsAnsweredByItsVerifierAlone) {
  const CodeChallenge hashed{"S256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"};
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_TRUE(check_challenge(hashed));
  EXPECT_TRUE(answers(hashed, verifier));
  EXPECT_FALSE(answers(hashed, hashed.value));
  EXPECT_FALSE(answers(hashed, ""));
  const CodeChallenge plain{"plain", verifier};
  EXPECT_TRUE(answers(plain, verifier));
  EXPECT_FALSE(answers(plain, verifier + "x"));
  EXPECT_TRUE(answers({}, ""));
  EXPECT_FALSE(answers({}, verifier)) << "a client that sends one expects that it is checked";
  EXPECT_FALSE(check_challenge({"S512", hashed.value}));
  EXPECT_FALSE(check_challenge({"S256", "short"}));
  EXPECT_FALSE(check_challenge({"S256", std::string(43, '\n')}));
}

TEST(Clients, StatesAndGrantsDecide) {
  Client client{.id = "c", .state = Client::State::approved, .grants_code = true};
  EXPECT_TRUE(check_may_authorize(client));
  client.state = Client::State::requested;
  EXPECT_TRUE(check_may_authorize(client).error().is(client_not_approved));
  EXPECT_TRUE(check_may_get_token(client, Grant::authorization_code))
      << "what users authorized before goes on";
  client.state = Client::State::flagged;
  EXPECT_TRUE(check_may_authorize(client));
  client.state = Client::State::rejected;
  EXPECT_TRUE(check_may_authorize(client).error().is(client_rejected));
  EXPECT_TRUE(check_may_get_token(client, Grant::refresh_token).error().is(client_rejected));
  client.state = Client::State::suspended;
  EXPECT_TRUE(check_may_get_token(client, Grant::refresh_token).error().is(client_suspended));
  client.state = Client::State::approved;
  EXPECT_TRUE(check_may_get_token(client, Grant::refresh_token).error().is(client_missing_grant));
  client.grants_code = false;
  EXPECT_TRUE(check_may_authorize(client).error().is(client_missing_grant));
}

TEST(Clients, TheSecretIsComparedWithItsHash) {
  const auto random = make_seeded_random(3);
  Client client{.id = "console", .secret_hash = hash_secret("secret", 10, *random)};
  EXPECT_TRUE(check_secret(client, "secret"));
  EXPECT_TRUE(check_secret(client, "").error().is(invalid_client));
  EXPECT_TRUE(check_secret(client, "other").error().is(invalid_client));
  client.secret_hash.clear();
  EXPECT_TRUE(check_secret(client, "")) << "a public client has none";
  EXPECT_TRUE(check_secret(client, "any").error().is(invalid_client));
}

TEST(Clients, TheDefaultOnesAreTheCommandLineTheConsoleAndClaiming) {
  const auto all = default_clients("admin", "hash-1", "hash-2");
  ASSERT_EQ(all.size(), 3U);
  const auto cli = decode_client({all[0].key, all[0].message, now, now, {}, {}});
  ASSERT_TRUE(cli);
  EXPECT_EQ(cli->id, "cli");
  EXPECT_TRUE(cli->secret_hash.empty());
  EXPECT_EQ(cli->redirect_uris, (std::vector<std::string>{"local-callback", "code"}));
  EXPECT_EQ(cli->rights, RightSet{Right::all});
  EXPECT_TRUE(check_may_authorize(*cli));
  EXPECT_TRUE(check_may_get_token(*cli, Grant::refresh_token));
  const auto console = decode_client({all[1].key, all[1].message, now, now, {}, {}});
  EXPECT_EQ(console->secret_hash, "hash-1");
}

}  // namespace
}  // namespace ff::identity_server::oauth

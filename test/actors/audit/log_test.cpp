// The log on a store: what is written, found again, verified, forgotten.
#include <gtest/gtest.h>

#include "actors/audit/query.hpp"
#include "storage/engine/memory_engine.hpp"
#include "storage/keys/audit_keys.hpp"
#include "test/actors/audit/sample.hpp"

namespace ff::audit {
namespace {

using namespace std::chrono_literals;
using storage::Family;
using Sequences = std::vector<std::uint64_t>;

const UtcTime start{std::chrono::seconds{1'800'000'000}};

class AuditLogTest : public ::testing::Test {
 protected:
  AuditLogTest() { open(); }

  void open() {
    const auto found = find_log(engine);
    ASSERT_TRUE(found);
    log.emplace(LogConfig{.keys = keys, .pending_max = 3, .strangers_max = 2}, *found);
    storage::WriteBatch batch;
    log->settle(*found, now, batch);
    write(batch);
  }
  void write(const storage::WriteBatch& batch) {
    ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  }
  void append(Record record) {
    storage::WriteBatch batch;
    log->append(std::move(record), {}, now, batch);
    write(batch);
    now += 1min;
  }
  void append(std::string entity, std::string account = "user:ada") {
    Record record;
    record.method = "ttn.lorawan.v3.ApplicationRegistry/Update";
    record.entities = {std::move(entity)};
    record.account = std::move(account);
    record.outcome = outcome_ok;
    append(std::move(record));
  }
  Sequences find(const FindRecords& question, std::uint64_t* next = nullptr) {
    const auto page = find_records(engine, question, bounds);
    if (!page) return {0};
    Sequences out;
    for (const auto& one : page->records) out.push_back(one.record.sequence);
    if (next != nullptr) *next = page->next;
    return out;
  }
  Sequences find(const Filter& filter) {
    FindRecords question;
    question.filter = filter;
    return find(question);
  }
  Verdict verify(const Keys& with, std::vector<Checkpoint> expected = {}) {
    VerifyChain question;
    question.expected = std::move(expected);
    return *verify_chain(engine, question, with, bounds);
  }
  Verdict verify() { return verify(keys); }
  Bytes row(std::uint64_t sequence) {
    return **engine.get(Family::entity, storage::audit_record_key(sequence));
  }
  void put(const Bytes& key, const Bytes& value) {
    storage::WriteBatch batch;
    batch.put(Family::entity, key, value);
    write(batch);
  }
  void erase(std::uint64_t sequence) {
    storage::WriteBatch batch;
    batch.erase(Family::entity, storage::audit_record_key(sequence));
    write(batch);
  }

  storage::MemoryEngine engine;
  Keys keys = {Bytes(16, 1)};
  Bounds bounds;
  UtcTime now = start;
  std::optional<Log> log;
};

TEST_F(AuditLogTest, GoesOnWhereItWasAfterARestart) {
  append("application:a");
  const auto head = log->head();
  open();
  EXPECT_EQ(log->head(), head);
  append("application:a");
  const auto verdict = verify();
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.checked, 2U);
  EXPECT_EQ(verdict.by_us, 2U);
  EXPECT_EQ(verdict.reached, log->head());
}

TEST_F(AuditLogTest, WhatWasUnderWayIsARecordOfTheNextStart) {
  storage::WriteBatch batch;
  Record intent;
  intent.method = "A/Delete";
  intent.time = start;
  ASSERT_EQ(log->begin(intent, batch), 1U);
  ASSERT_EQ(log->begin(intent, batch), 2U);
  write(batch);
  storage::WriteBatch end;
  log->append(intent, 1, now, end);
  write(end);
  now += 1h;
  open();
  const auto page = find_records(engine, {}, bounds);
  ASSERT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->records[1].record.outcome, outcome_interrupted);
  EXPECT_EQ(page->records[1].record.begun, start);
  EXPECT_EQ(page->records[1].record.time, start + 1h);
  EXPECT_EQ(page->records[1].record.method, "A/Delete");
  open();
  EXPECT_EQ(find(Filter()).size(), 2U) << "it is settled once";
  EXPECT_EQ(log->pending(), 0U);
}

TEST_F(AuditLogTest, CallsUnderWayAreBounded) {
  storage::WriteBatch batch;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->begin(sample(), batch));
  const auto refused = log->begin(sample(), batch);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(too_many_calls));
  log->forgo(2, batch);
  EXPECT_TRUE(log->begin(sample(), batch));
}

TEST_F(AuditLogTest, CallsOfStrangersLeaveRoomToThoseWithCredentials) {
  storage::WriteBatch batch;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(log->begin({}, batch));
  const auto refused = log->begin({}, batch);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(too_many_calls));
  EXPECT_TRUE(log->begin(sample(), batch));
  log->forgo(1, batch);
  EXPECT_TRUE(log->begin({}, batch));
  write(batch);
  open();
  EXPECT_EQ(log->pending(), 0U);
  EXPECT_TRUE(log->begin({}, batch)) << "those of the last run are over";
}

TEST_F(AuditLogTest, TimesDoNotGoBackWithTheClock) {
  append("application:a");
  now -= 1h;
  append("application:a");
  const auto page = find_records(engine, {}, bounds);
  EXPECT_EQ(page->records[1].record.time, page->records[0].record.time);
}

TEST_F(AuditLogTest, FindsByEntityAccountTimeMethodAndOutcome) {
  append("application:a");
  append("device:a.dev", "user:bob");
  append("device:ab.dev");
  Record failed = sample();
  failed.outcome = "pkg/auth/rights:no_admin";
  failed.action = Action::login;
  failed.entities = {"user:bob"};
  failed.changes.clear();
  append(failed);
  EXPECT_EQ(find({.entity = "application:a"}), (Sequences{1, 2}));
  EXPECT_EQ(find({.entity = "device:a.dev"}), Sequences{2});
  EXPECT_EQ(find({.account = "user:bob"}), Sequences{2});
  EXPECT_EQ(find({.entity = "application:a", .account = "user:ada"}), Sequences{1});
  EXPECT_EQ(find({.from = start + 1min, .to = start + 3min}), (Sequences{2, 3}));
  EXPECT_EQ(find({.from = start + 4min}), Sequences());
  EXPECT_EQ(find({.method = "EndDeviceRegistry/"}), Sequences{4});
  EXPECT_EQ(find({.method = "ttn.lorawan.v3.Appl"}), (Sequences{1, 2, 3}));
  EXPECT_EQ(find({.action = Action::login}), Sequences{4});
  EXPECT_EQ(find({.outcome = "failed"}), Sequences{4});
  EXPECT_EQ(find({.outcome = "ok"}), (Sequences{1, 2, 3}));
}

TEST_F(AuditLogTest, PagesLeadThroughAllRecordsBothWays) {
  for (int i = 0; i < 5; ++i) append("application:a");
  for (const bool newest_first : {false, true}) {
    for (const char* entity : {"", "application:a"}) {
      FindRecords question;
      question.limit = 2;
      question.newest_first = newest_first;
      question.filter.entity = entity;
      Sequences all;
      do {
        for (const auto one : find(question, &question.start)) all.push_back(one);
      } while (question.start != 0);
      EXPECT_EQ(all, newest_first ? (Sequences{5, 4, 3, 2, 1}) : (Sequences{1, 2, 3, 4, 5}));
    }
  }
}

TEST_F(AuditLogTest, AQuestionLooksAtSoManyRowsAndSaysWhereToGoOn) {
  for (int i = 0; i < 5; ++i) append("application:a");
  bounds.scan_max = 2;
  FindRecords question;
  question.filter.outcome = "failed";
  std::uint64_t next = 0;
  EXPECT_EQ(find(question, &next), Sequences());
  EXPECT_EQ(next, 3U);
}

TEST_F(AuditLogTest, VerifyNamesARecordThatWasChanged) {
  for (int i = 0; i < 4; ++i) append("application:a");
  auto changed = row(3);
  changed[20] = static_cast<std::uint8_t>(changed[20] ^ 1U);
  put(storage::audit_record_key(3), changed);
  const auto verdict = verify();
  EXPECT_NE(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.broken, 3U);
  EXPECT_EQ(verdict.reached.sequence, 2U);
}

TEST_F(AuditLogTest, VerifyNamesARecordThatWasTakenOut) {
  for (int i = 0; i < 4; ++i) append("application:a");
  erase(2);
  const auto verdict = verify();
  EXPECT_EQ(verdict.fault, Fault::missing);
  EXPECT_EQ(verdict.broken, 2U);
}

TEST_F(AuditLogTest, VerifyFindsRecordsTakenOffTheEnd) {
  for (int i = 0; i < 4; ++i) append("application:a");
  erase(4);
  EXPECT_EQ(verify().fault, Fault::missing);
  EXPECT_EQ(verify().broken, 4U);
}

TEST_F(AuditLogTest, AHeadThatWasSetBackNeedsTheKey) {
  append("application:a");
  const auto first = log->head();
  append("application:a");
  erase(2);
  put(storage::audit_head_key(), encode_checkpoint(first, {}));
  EXPECT_EQ(verify().fault, Fault::wrong_signature);
  EXPECT_EQ(verify({}).fault, Fault::none) << "nothing shows it without a key";
}

TEST_F(AuditLogTest, WhatIsKnownFromElsewhereShowsALogThatWasCutOffOrReplaced) {
  append("application:a");
  const auto first = log->head();
  append("application:a");
  const auto second = log->head();
  EXPECT_TRUE(verify(keys, {first, second}).unknown.empty());
  erase(2);
  put(storage::audit_head_key(), encode_checkpoint(first, keys));
  EXPECT_EQ(verify(keys, {first, second}).unknown, std::vector<Checkpoint>{second});
  EXPECT_EQ(verify(keys, {{1, {}}}).unknown.size(), 1U);
}

TEST_F(AuditLogTest, ARecordWithoutASignatureBehindASignedOneIsFound) {
  append("application:a");
  keys.clear();
  open();
  append("application:a");
  EXPECT_EQ(verify({}).fault, Fault::none);
  const auto verdict = verify({Bytes(16, 1)});
  EXPECT_EQ(verdict.fault, Fault::wrong_signature);
  EXPECT_EQ(verdict.broken, 2U);
}

TEST_F(AuditLogTest, AKeyThatComesLaterSignsFromThenOn) {
  keys.clear();
  open();
  append("application:a");
  keys = {Bytes(16, 3)};
  open();
  append("application:a");
  const auto verdict = verify();
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.checked, 2U);
  EXPECT_EQ(verdict.by_us, 1U);
}

TEST_F(AuditLogTest, StretchesAreVerifiedOneAfterTheOther) {
  for (int i = 0; i < 5; ++i) append("application:a");
  bounds.verify_max = 2;
  VerifyChain question;
  std::uint64_t checked = 0;
  do {
    const auto verdict = verify_chain(engine, question, keys, bounds);
    ASSERT_EQ(verdict->fault, Fault::none);
    checked += verdict->checked;
    question.start = verdict->next;
  } while (question.start != 0);
  EXPECT_EQ(checked, 5U);
  erase(3);
  question.start = 4;
  EXPECT_EQ(verify_chain(engine, question, keys, bounds)->fault, Fault::missing);
}

TEST_F(AuditLogTest, TheOldestAreForgottenAndTheRestIsInOrder) {
  for (int i = 0; i < 5; ++i) append("application:a");
  const auto past = find_past(engine, start + 3min, bounds);
  ASSERT_TRUE(past && *past);
  EXPECT_EQ((*past)->last.sequence, 3U);
  storage::WriteBatch batch;
  log->forget(**past, batch);
  write(batch);
  EXPECT_EQ(find(Filter()), (Sequences{4, 5}));
  EXPECT_EQ(find({.entity = "application:a"}), (Sequences{4, 5}));
  const auto verdict = verify();
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.checked, 2U);
  EXPECT_EQ(verdict.anchor.sequence, 3U);
  open();
  EXPECT_EQ(log->anchor().sequence, 3U);
  // The newest stays, so that there is something to go on from.
  const auto all = find_past(engine, start + 1h, bounds);
  ASSERT_TRUE(all && *all);
  EXPECT_EQ((*all)->last.sequence, 4U);
}

TEST_F(AuditLogTest, AnAnchorThatWasMovedNeedsTheKey) {
  for (int i = 0; i < 3; ++i) append("application:a");
  const auto first = decode_link(row(1))->hash;
  erase(1);
  put(storage::audit_anchor_key(), encode_checkpoint({1, first}, {}));
  EXPECT_EQ(verify().fault, Fault::wrong_signature);
}

TEST_F(AuditLogTest, AnEmptyLogIsInOrder) {
  const auto verdict = verify();
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.checked, 0U);
  EXPECT_EQ(find(Filter()), Sequences());
}

}  // namespace
}  // namespace ff::audit

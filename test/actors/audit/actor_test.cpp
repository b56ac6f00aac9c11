// The audit log's actors: who is answered when.
#include "actors/audit/supervisor.hpp"

#include <gtest/gtest.h>

#include <caf/send.hpp>

#include "storage/engine/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::audit {
namespace {

using namespace std::chrono_literals;

class AuditActorTest : public test::ActorFixture {
 protected:
  ~AuditActorTest() override { stop(); }

  void start(Duration retention = {}) {
    AuditConfig settings;
    settings.deps = deps;
    settings.store = &engine;
    settings.log = {.keys = {Bytes(16, 1)}, .pending_max = 2};
    settings.retention = retention;
    settings.own_thread = false;
    supervisor = ff::audit::start(*system, settings, log, nullptr);
    run();
  }
  void stop() {
    if (supervisor) caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    run();
    supervisor = nullptr;
    log.writer.clear();
    log.reader.clear();
  }
  static Record record(std::string method = "A/Update") {
    Record out;
    out.method = std::move(method);
    out.entities = {"application:a"};
    out.outcome = outcome_ok;
    return out;
  }
  std::optional<Result<std::uint64_t>> begin() {
    std::optional<Result<std::uint64_t>> answer;
    caf::anon_send(log.writer.get(), BeginCall{record(), [&](auto ticket) { answer = ticket; }});
    run();
    return answer;
  }
  std::optional<Result<Checkpoint>> append(std::optional<std::uint64_t> ticket = {}) {
    std::optional<Result<Checkpoint>> answer;
    caf::anon_send(log.writer.get(),
                   AppendRecord{record(), ticket, [&](auto place) { answer = place; }});
    run();
    return answer;
  }
  Page find(const Filter& filter = {}) {
    std::optional<Result<Page>> answer;
    FindRecords question;
    question.filter = filter;
    question.reply = [&](auto page) { answer = std::move(page); };
    caf::anon_send(log.reader.get(), std::move(question));
    run();
    return answer && *answer ? **answer : Page();
  }
  Verdict verify() {
    std::optional<Result<Verdict>> answer;
    VerifyChain question;
    question.reply = [&](auto verdict) { answer = std::move(verdict); };
    caf::anon_send(log.reader.get(), std::move(question));
    run();
    return answer && *answer ? **answer : Verdict{.fault = Fault::missing};
  }
  bool has_metric(const std::string& line) {
    return metrics.text().find("\n" + line + "\n") != std::string::npos;
  }

  Routes log;
  caf::actor supervisor;
};

TEST_F(AuditActorTest, AnswersWhenTheRecordIsDurable) {
  start();
  const auto place = append();
  ASSERT_TRUE(place && *place);
  EXPECT_EQ((*place)->sequence, 1U);
  ASSERT_EQ(find().records.size(), 1U);
  EXPECT_EQ(find().records[0].link.hash, (*place)->hash);
  EXPECT_EQ(verify().fault, Fault::none);
  EXPECT_TRUE(has_metric("farfield_audit_records_total 1"));
  EXPECT_TRUE(has_metric("farfield_audit_sequence 1"));
}

TEST_F(AuditActorTest, ACallThatTheProcessDidNotEndIsARecordAfterTheRestart) {
  start();
  const auto ticket = begin();
  ASSERT_TRUE(ticket && *ticket);
  EXPECT_TRUE(find().records.empty());
  EXPECT_TRUE(has_metric("farfield_audit_pending 1"));
  stop();
  start();
  ASSERT_EQ(find().records.size(), 1U);
  EXPECT_EQ(find().records[0].record.outcome, outcome_interrupted);
  EXPECT_EQ(verify().fault, Fault::none);
}

TEST_F(AuditActorTest, AWriterThatWasStartedAgainGoesOnWhereTheOtherWas) {
  start();
  const auto ticket = begin();
  // Under way to the committer when the writer ends, and behind it in its mailbox.
  std::vector<Result<Checkpoint>> places;
  const auto told = [&](auto place) { places.push_back(place); };
  const auto first = log.writer.get();
  caf::anon_send(first, AppendRecord{record(), {}, told});
  caf::anon_send_exit(first, caf::exit_reason::kill);
  run();
  ASSERT_NE(log.writer.get(), first);
  caf::anon_send(log.writer.get(), AppendRecord{record(), {}, told});
  run();
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0]->sequence, 1U);
  EXPECT_EQ(places[1]->sequence, 2U);
  // The call under way is still one.
  EXPECT_TRUE(has_metric("farfield_audit_pending 1"));
  const auto last = append(**ticket);
  ASSERT_TRUE(last && *last);
  EXPECT_TRUE(has_metric("farfield_audit_pending 0"));
  ASSERT_EQ(find().records.size(), 3U);
  for (const auto& one : find().records) EXPECT_EQ(one.record.outcome, outcome_ok);
  EXPECT_EQ(verify().fault, Fault::none);
}

TEST_F(AuditActorTest, ACallThatEndedIsOneRecord) {
  start();
  const auto ticket = begin();
  append(**ticket);
  stop();
  start();
  EXPECT_EQ(find().records.size(), 1U);
}

TEST_F(AuditActorTest, AForgoneCallLeavesNothing) {
  start();
  const auto ticket = begin();
  caf::anon_send(log.writer.get(), ForgoCall{**ticket});
  run();
  stop();
  start();
  EXPECT_TRUE(find().records.empty());
}

TEST_F(AuditActorTest, TooManyCallsUnderWayAreRefusedAndCounted) {
  start();
  begin();
  begin();
  const auto refused = begin();
  ASSERT_TRUE(refused);
  ASSERT_FALSE(*refused);
  EXPECT_TRUE(refused->error().is(too_many_calls));
  EXPECT_TRUE(has_metric("farfield_audit_refused_total 1"));
}

TEST_F(AuditActorTest, RefusedCallsInANumberHaveOneRecordAndAreAnswered) {
  start();
  auto refused = record("A/Delete");
  refused.outcome = "pkg/auth/rights:no_admin";
  constexpr std::size_t calls = 50;
  std::size_t answers = 0;
  for (std::size_t i = 0; i < calls; ++i) {
    const auto ticket = begin();
    ASSERT_TRUE(ticket && *ticket);
    caf::anon_send(log.writer.get(),
                   AppendRecord{refused, **ticket,
                                [&](const auto& place) { answers += place ? 1U : 0U; }, true});
    run();
  }
  EXPECT_EQ(answers, calls);
  EXPECT_TRUE(has_metric("farfield_audit_pending 0"));
  const auto whole = find().records.size();
  EXPECT_LT(whole, 10U);
  EXPECT_TRUE(has_metric("farfield_audit_refusals_counted_total " + std::to_string(calls - whole)));
  advance(10min);
  const auto records = find().records;
  ASSERT_EQ(records.size(), whole + 1);
  EXPECT_EQ(records.back().record.calls, calls - whole);
  EXPECT_EQ(records.back().record.outcome, refused.outcome);
  EXPECT_EQ(verify().fault, Fault::none);
}

TEST_F(AuditActorTest, WhatMayHaveChangedSomethingIsRecordedHoweverOften) {
  start();
  for (int i = 0; i < 50; ++i) append();
  EXPECT_EQ(find().records.size(), 50U);
}

TEST_F(AuditActorTest, AFailedWriteIsNoAnswerThatAllIsWell) {
  start();
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  const auto place = append();
  ASSERT_TRUE(place);
  EXPECT_FALSE(*place);
  EXPECT_TRUE(has_metric("farfield_audit_failed_total 1"));
}

TEST_F(AuditActorTest, ForgetsWhatIsTooOldAndSaysSo) {
  start(1h);
  append();
  append();
  advance(1h);
  EXPECT_EQ(find().records.size(), 2U);
  advance(1h);
  const auto records = find().records;
  ASSERT_FALSE(records.empty());
  EXPECT_GT(records.front().record.sequence, 2U);
  EXPECT_EQ(records.back().record.method, "audit/retention");
  const auto verdict = verify();
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.anchor.sequence + 1, records.front().record.sequence);
}

}  // namespace
}  // namespace ff::audit

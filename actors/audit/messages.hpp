// What the audit log is told and asked.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "actors/audit/log.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::audit {

/// A call that may change something is about to be handled. Answers its ticket when that is
/// durable: if the process ends before the call, the next one makes a record of it. Error:
/// too_many_calls.
struct BeginCall {
  Record intent;
  actors::Reply<std::uint64_t> reply;
};
/// A record; its sequence and time are the log's matter. Answers when it is durable.
struct AppendRecord {
  Record record;
  std::optional<std::uint64_t> ticket;  // is over with it
  actors::Reply<Checkpoint> reply;      // may be null
  /// The call has changed nothing: if there are many like it, a later record says how many.
  bool is_refusal = false;
};
/// A call that changed nothing and is not worth a record.
struct ForgoCall {
  std::uint64_t ticket = 0;
};
/// INTERNAL: of the reader: what is too old.
struct ForgetPast {
  Past past;
};
/// INTERNAL: of a writer that was started again: what the one before it has sent to the committer
/// is durable, so the store says where the chain ends.
struct ReadBack {};
/// INTERNAL: says in the process's log how far the chain is.
struct TellHead {};
/// INTERNAL: time for records of refused calls that had none.
struct TellRefusals {};

/// Which records count; empty fields: all.
struct Filter {
  std::optional<UtcTime> from;  // of this time and later
  std::optional<UtcTime> to;    // before this time
  std::string entity;           // `application:app`, with what belongs to it
  std::string account;          // `user:admin`
  std::string method;           // how it begins or, behind its package, goes on
  std::optional<Action> action;
  std::string outcome;  // `ok`, `failed` for all others, or an error
};
struct StoredRecord {
  Record record;
  Link link;
};
struct Page {
  std::vector<StoredRecord> records;
  std::uint64_t next = 0;  // where to go on; 0: that was all
};
/// Records in the order of the log, or the newest first.
struct FindRecords {
  Filter filter;
  std::uint64_t start = 0;  // the first that counts; 0: all
  bool newest_first = false;
  std::size_t limit = 100;
  actors::Reply<Page> reply;
};

struct Verdict {
  std::uint64_t checked = 0;
  std::uint64_t by_us = 0;  // of them, signed with a key that we have
  Checkpoint anchor;        // the chain begins behind it
  Checkpoint reached;       // the last that is in order
  Checkpoint head;          // where the log says that it ends
  std::uint64_t next = 0;   // where to go on; 0: that was all
  Fault fault = Fault::none;
  std::uint64_t broken = 0;         // the record with the fault
  std::vector<Checkpoint> unknown;  // expected ones that are not in the log
};
/// Walks along the chain, some records at a time.
struct VerifyChain {
  std::uint64_t start = 0;  // 0: the beginning
  /// What somebody knows of the log; asked for once, at the beginning.
  std::vector<Checkpoint> expected;
  actors::Reply<Verdict> reply;
};
/// INTERNAL: time to look for what is too old.
struct LookForPast {};

}  // namespace ff::audit
FF_LOCAL_MESSAGE(ff::audit::BeginCall)
FF_LOCAL_MESSAGE(ff::audit::AppendRecord)
FF_LOCAL_MESSAGE(ff::audit::ForgoCall)
FF_LOCAL_MESSAGE(ff::audit::ForgetPast)
FF_LOCAL_MESSAGE(ff::audit::ReadBack)
FF_LOCAL_MESSAGE(ff::audit::TellHead)
FF_LOCAL_MESSAGE(ff::audit::TellRefusals)
FF_LOCAL_MESSAGE(ff::audit::FindRecords)
FF_LOCAL_MESSAGE(ff::audit::VerifyChain)
FF_LOCAL_MESSAGE(ff::audit::LookForPast)

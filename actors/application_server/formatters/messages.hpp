// What the pool of formatter workers is asked, and what its workers tell it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "net/child/child.hpp"
#include "protocol/formatter/wire.hpp"

namespace ff::application_server {

/// One call of a script. Answered within the queue's time-out and the time a call may take.
struct RunFormatter {
  formatter::Function function = formatter::Function::decode_uplink;
  formatter::Formatter script;  // JavaScript
  std::uint8_t f_port = 0;
  std::optional<UtcTime> received_at;
  Bytes input;
  /// Errors: pool_full, formatters_timed_out, formatters_unavailable. What the script did wrong is
  /// in the answer.
  actors::Reply<formatter::Answer> reply;
};

/// A worker of the pool: its place, and which of the processes at this place.
struct WorkerId {
  std::size_t place = 0;
  std::uint64_t incarnation = 0;
  bool operator==(const WorkerId&) const = default;
};

/// INTERNAL
struct WorkerSaid {
  WorkerId worker;
  formatter::FromWorker message;
};
/// INTERNAL: it writes what is no answer.
struct WorkerBabbled {
  WorkerId worker;
};
/// INTERNAL
struct WorkerEnded {
  WorkerId worker;
  net::ChildEnd end;
};

/// For operators.
struct FormattersSnapshot {
  struct Worker {
    bool ready = false;
    bool apart = false;  // for suspects
    std::uint64_t started = 0;
    std::uint64_t calls = 0;
    std::size_t under_way = 0;
    std::size_t waiting = 0;
    std::string last_end;
  };
  std::vector<Worker> workers;
  std::size_t suspects = 0;
};
struct InspectFormatters {
  actors::Reply<FormattersSnapshot> reply;
};

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::RunFormatter)
FF_LOCAL_MESSAGE(ff::application_server::WorkerSaid)
FF_LOCAL_MESSAGE(ff::application_server::WorkerBabbled)
FF_LOCAL_MESSAGE(ff::application_server::WorkerEnded)
FF_LOCAL_MESSAGE(ff::application_server::InspectFormatters)

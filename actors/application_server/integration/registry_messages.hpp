// What the registries of consumers are told while they start and while they change something.
// INTERNAL to each of them.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/application_server/outbox/messages.hpp"
#include "actors/support/local_message.hpp"

namespace ff::application_server::integration {

/// A part of what is stored has been read. `list`: which, where a registry has several.
struct RowsFound {
  std::uint8_t list = 0;
  Result<ScanRows::Rows> rows;
};
/// Where a consumer begins.
struct BeginningFound {
  std::uint64_t change = 0;
  Result<std::vector<storage::OutboxSequence>> newest;
};
/// The change under way is durable, or is not.
struct ChangeWritten {
  std::uint64_t change = 0;
  Status status;
};
/// The outbox has not answered.
struct ChangeTimedOut {
  std::uint64_t change = 0;
};

}  // namespace ff::application_server::integration
FF_LOCAL_MESSAGE(ff::application_server::integration::RowsFound)
FF_LOCAL_MESSAGE(ff::application_server::integration::BeginningFound)
FF_LOCAL_MESSAGE(ff::application_server::integration::ChangeWritten)
FF_LOCAL_MESSAGE(ff::application_server::integration::ChangeTimedOut)

// What the device repository is asked.
#pragma once

#include <functional>
#include <string>

#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/formatter/formatters.hpp"
#include "protocol/formatter/wire.hpp"
#include "protocol/types/application_messages.hpp"

namespace ff::device_repository {

struct RepositoryView;

/// A look-up (look_up.hpp) on the repository's thread; it answers whoever asked itself.
struct LookUpRepository {
  std::function<void(const Result<RepositoryView>&)> look_up;
};

/// The script of a product's codec, for one application: what is kept of it is shared with no
/// other.
struct FindRepositoryScript {
  DeviceVersionIds product;
  formatter::Function function = formatter::Function::decode_uplink;
  ApplicationId application_id;
  /// JavaScript. Errors: those of find_script, and the store's.
  actors::Reply<formatter::Formatter> reply;
};

/// The stored documents are others now.
struct RepositoryChanged {};

/// For operators.
struct RepositorySnapshot {
  bool read = false;  // nobody has asked anything yet
  std::size_t brands = 0;
  std::size_t models = 0;
  std::size_t scripts = 0;  // remembered, failures included
};
struct InspectRepository {
  actors::Reply<RepositorySnapshot> reply;
};

}  // namespace ff::device_repository
FF_LOCAL_MESSAGE(ff::device_repository::LookUpRepository)
FF_LOCAL_MESSAGE(ff::device_repository::FindRepositoryScript)
FF_LOCAL_MESSAGE(ff::device_repository::RepositoryChanged)
FF_LOCAL_MESSAGE(ff::device_repository::InspectRepository)

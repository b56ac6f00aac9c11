// An application that is no more: what its integrations are told.
#pragma once

#include "actors/support/local_message.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

/// Deletes everything of the application's. Its id may be somebody else's next, who must not
/// inherit where its messages go.
struct ForgetApplication {
  ApplicationId application_id;
};

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::ForgetApplication)

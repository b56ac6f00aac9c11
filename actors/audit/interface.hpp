// The audit log: a writer, the single one, and a reader of what is durable.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/audit/messages.hpp"
#include "actors/support/route.hpp"

namespace ff::audit {

using WriterHandle =
    caf::typed_actor<caf::reacts_to<BeginCall>,      // Answers when the intent is durable.
                     caf::reacts_to<AppendRecord>,   // Answers when the record is durable.
                     caf::reacts_to<ForgoCall>,      // Forgets an intent.
                     caf::reacts_to<ForgetPast>,     // INTERNAL: erases the oldest records.
                     caf::reacts_to<ReadBack>,       // INTERNAL: what came before is durable.
                     caf::reacts_to<TellHead>,       // INTERNAL: logs how far the chain is.
                     caf::reacts_to<TellRefusals>>;  // INTERNAL: records refused calls that had
                                                     // none.

using ReaderHandle =
    caf::typed_actor<caf::reacts_to<FindRecords>,   // Answers a page of records.
                     caf::reacts_to<VerifyChain>,   // Answers whether a stretch is in order.
                     caf::reacts_to<LookForPast>>;  // INTERNAL: tells the writer what is too old.

/// Copies lead to the same actors.
struct Routes {
  actors::Route<WriterHandle> writer;
  actors::Route<ReaderHandle> reader;
};

}  // namespace ff::audit

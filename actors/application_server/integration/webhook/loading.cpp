#include "actors/application_server/integration/webhook/loading.hpp"

#include <spdlog/spdlog.h>

#include <caf/send.hpp>
#include <utility>

namespace ff::application_server::webhook {
namespace {

/// Reads the parts of a delivery one after the other.
struct Loading {
  WebhooksContextPtr context;
  WebhookKey key;
  DeliveryActor delivery;
  Loaded loaded;

  void tell(Result<Loaded> result) const {
    caf::anon_send(delivery, DeliveryAnswer{DeliveryRead{std::move(result)}});
  }
};
using LoadingPtr = std::shared_ptr<Loading>;

/// Letters are read with their messages: a few at a time.
constexpr std::size_t letters_step = 64;

/// All numbers from `range` on, also if more are there than may be now: new letters go behind the
/// last one.
void read_numbers(const LoadingPtr& loading, storage::KeyRange range) {
  ScanRows ask{storage::Family::entity, range, letters_step, {}};
  ask.reply = [loading, range = std::move(range)](const Result<ScanRows::Rows>& rows) {
    if (!rows) return loading->tell(fail(rows.error()));
    for (const auto& [key, value] : *rows) {
      if (const auto number = parse_dead_letter_key(key)) loading->loaded.letters.insert(*number);
    }
    if (rows->size() < letters_step) return loading->tell(std::move(loading->loaded));
    auto rest = range;
    rest.first = rows->back().first;
    rest.first.push_back(0);
    read_numbers(loading, std::move(rest));
  };
  caf::anon_send(loading->context->outbox.get(), std::move(ask));
}

void read_cursors(const LoadingPtr& loading) {
  LoadCursors ask{loading->key.application_id, consumer_of(loading->key), {}};
  ask.reply = [loading](Result<std::vector<storage::OutboxSequence>> cursors) {
    if (!cursors) return loading->tell(fail(cursors.error()));
    loading->loaded.cursors = *std::move(cursors);
    read_numbers(loading, dead_letter_rows(loading->key));
  };
  caf::anon_send(loading->context->outbox.get(), std::move(ask));
}

void read_record(const LoadingPtr& loading) {
  actors::LoadRow request{storage::Family::entity, delivery_row_key(loading->key), {}};
  request.on_loaded = [loading](const Result<std::optional<Bytes>>& row) {
    if (!row) return loading->tell(fail(row.error()));
    if (*row) {
      auto record = decode_delivery(**row);
      if (record) {
        loading->loaded.record = *std::move(record);
      } else {
        // Health and a replay are lost; messages are not.
        spdlog::error("msg=\"delivery of a webhook is damaged\" application={} webhook={}",
                      loading->key.application_id.text(), loading->key.webhook_id);
      }
    }
    read_cursors(loading);
  };
  caf::anon_send(loading->context->deps.loader.get(), std::move(request));
}

/// When everything that an earlier incarnation wrote is durable, reading begins.
class StartRelease final : public actors::Release {
 public:
  explicit StartRelease(LoadingPtr loading) : loading_(std::move(loading)) {}
  void committed() noexcept override { read_record(loading_); }
  void failed(const Error& error) noexcept override {
    caf::anon_send(loading_->delivery, DeliveryAnswer{CommitRefused{error}});
  }

 private:
  LoadingPtr loading_;
};

}  // namespace

void load_delivery(const WebhooksContextPtr& context, const WebhookKey& key,
                   const DeliveryActor& delivery) {
  auto loading = std::make_shared<Loading>(Loading{context, key, delivery, {}});
  caf::anon_send(context->deps.committer.get(),
                 actors::Commit{{}, std::make_shared<StartRelease>(std::move(loading))});
}

void read_letters(const WebhooksContext& context, const WebhookKey& key, std::uint64_t after,
                  std::size_t limit, actors::Reply<DeliveryState::Letters> reply) {
  auto range = dead_letter_rows(key);
  if (after > 0) {
    range.first = dead_letter_key(key, after);
    range.first.push_back(0);
  }
  ScanRows ask{storage::Family::entity, std::move(range), limit, {}};
  ask.reply = [reply = std::move(reply)](const Result<ScanRows::Rows>& rows) {
    if (!rows) return reply(fail(rows.error()));
    DeliveryState::Letters letters;
    for (const auto& [row_key, row] : *rows) {
      const auto number = parse_dead_letter_key(row_key);
      auto letter = decode_dead_letter(row);
      if (number && letter) letters.emplace_back(*number, *std::move(letter));
    }
    reply(std::move(letters));
  };
  caf::anon_send(context.outbox.get(), std::move(ask));
}

}  // namespace ff::application_server::webhook

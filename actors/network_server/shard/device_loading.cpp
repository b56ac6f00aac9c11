#include "actors/network_server/shard/device_loading.hpp"

#include <caf/send.hpp>

#include "actors/network_server/session/queue_rows.hpp"
#include "actors/network_server/session/record.hpp"
#include "actors/support/loader.hpp"

namespace ff::network_server {
namespace {

using Done = std::function<void(Result<LoadedDevice>)>;

LoadedDevice loaded(StoredDevice stored) {
  return {std::make_shared<const Device>(std::move(stored.device)), stored.queue_in_rows};
}

Result<LoadedDevice> with_queue(StoredDevice stored, const Result<actors::LoadedRows>& rows) {
  if (!rows) return fail(rows.error());
  FF_CHECK(add_queue_rows(*rows, stored.device));
  return loaded(std::move(stored));
}

void load_queue(const ContextPtr& context, Bytes prefix, StoredDevice stored, Done done) {
  caf::anon_send(context->deps.loader.get(),
                 actors::LoadRows{storage::Family::downlink_queue, std::move(prefix),
                                  [stored = std::move(stored),
                                   done = std::move(done)](const Result<actors::LoadedRows>& rows) {
                                    done(with_queue(stored, rows));
                                  }});
}

}  // namespace

void load_device(const ContextPtr& context, const storage::DeviceKey& key, Done done) {
  const auto row_key = storage::device_key(key);
  caf::anon_send(
      context->deps.loader.get(),
      actors::LoadRow{
          storage::Family::session, row_key,
          [context, row_key, done = std::move(done)](const Result<std::optional<Bytes>>& row) {
            if (!row) return done(fail(row.error()));
            if (!*row) return done(LoadedDevice{});
            auto stored = decode_device(**row, context->config.key_seal.get());
            if (!stored) return done(fail(stored.error()));
            if (stored->queued == 0) return done(loaded(*std::move(stored)));
            load_queue(context, row_key, *std::move(stored), done);
          }});
}

}  // namespace ff::network_server

// The rows of a device's downlink queues, as the engine keeps them.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::network_server::test {

class StoredQueue {
 public:
  void apply(const storage::WriteBatch& batch) {
    for (auto change = batch.begin(); change != batch.end(); ++change) {
      if (change->family != storage::Family::downlink_queue) continue;
      if (change->change == storage::Change::put)
        rows_[to_owned(change->key)] = to_owned(change->value);
      if (change->change == storage::Change::erase) rows_.erase(to_owned(change->key));
    }
  }
  std::vector<std::pair<Bytes, Bytes>> rows() const { return {rows_.begin(), rows_.end()}; }

 private:
  std::map<Bytes, Bytes> rows_;
};

}  // namespace ff::network_server::test

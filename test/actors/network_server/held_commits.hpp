// A network server whose commits wait until they are let go.
#pragma once

#include <utility>
#include <vector>

#include "test/actors/network_server/fixture.hpp"

namespace ff::network_server {

class HeldCommitsFixture : public NetworkServerFixture {
 protected:
  /// From now on commits wait.
  void hold_commits() {
    committer_ = deps.committer.get();
    const auto keep = [](actors::Committer::pointer, std::vector<actors::Commit>* commits) {
      return actors::Committer::behavior_type{
          [commits](const actors::Commit& commit) { commits->push_back(commit); },
          [](const actors::InspectCommitter&) {},
          [](const actors::CommitterFlush&) {},
          [](const actors::CommitterSync&) {},
      };
    };
    deps.committer.set(system->spawn(keep, &held_));
  }
  void release_commits() {
    deps.committer.set(committer_);
    for (auto& commit : std::exchange(held_, {})) caf::anon_send(committer_, std::move(commit));
    run();
  }
  void drop_commits() {
    held_.clear();
    release_commits();
  }
  /// A device has sent, and its answer waits for its commit.
  void hold_a_downlink() {
    create_device();
    uplink(1, phy::MType::confirmed_up);
    advance(milliseconds{205});  // its window has closed, and its answer is not due
    hold_commits();
    advance(seconds{3});
    ASSERT_EQ(held_.size(), 1U);
  }
  std::vector<std::uint16_t> downlink_counters() const {
    std::vector<std::uint16_t> counters;
    for (const auto& transmission : transmissions)
      counters.push_back(phy::decode_data_frame(transmission->phy_payload).value().f_cnt.value());
    return counters;
  }

 private:
  actors::Committer committer_;
  std::vector<actors::Commit> held_;
};

}  // namespace ff::network_server

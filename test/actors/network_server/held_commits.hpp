// A network server whose commits wait until they are let go.
#pragma once

#include <vector>

#include "test/actors/network_server/fixture.hpp"
#include "test/support/actors/held_commits.hpp"

namespace ff::network_server {

class HeldCommitsFixture : public NetworkServerFixture {
 protected:
  /// From now on commits wait.
  void hold_commits() { held_.hold(*system, deps.committer); }
  void release_commits() {
    held_.release();
    run();
  }
  void drop_commits() {
    held_.drop();
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
  test::HeldCommits held_;
};

}  // namespace ff::network_server

// What the tests of the real program over small workers share.
#pragma once

#include "support/demo_app.h"
#include "support/files.h"
#include "support/places.h"
#include "support/small_app.h"
#include "support/wait_until.h"

#include <string>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck::test {

class SmallAppTest : public testing::Test {
 protected:
  /// A pass that has to end well and silently.
  void good_pass() const {
    const auto finished = app_.bootcheck();
    EXPECT_EQ(finished.status, 0) << story();
    EXPECT_EQ(finished.out, "");
    EXPECT_EQ(finished.err, "");
  }

  int status_of(const std::string& worker) const {
    return app_.bootcheck({"status", worker}).status;
  }

  /// Waits until a worker has written exactly this: up it is sooner than its script gets to work.
  bool says(const std::string& worker, const std::string& text) const {
    return wait_until([&] { return app_.output(worker) == text; });
  }

  /// What bootcheck says of all workers, for a failure's message.
  std::string story() const {
    const auto status = app_.bootcheck({"status"});
    return status.out + status.err + app_.bootcheck({"why", "*"}).out + app_.log();
  }

  SmallApp app_;
};

}  // namespace bootcheck::test

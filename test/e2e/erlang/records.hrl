%% The records of the version that this controller negotiates: -DVERSION=1..3.
-include_lib("megaco/include/megaco.hrl").

-if(?VERSION == 1).
-include_lib("megaco/include/megaco_message_v1.hrl").
-elif(?VERSION == 2).
-include_lib("megaco/include/megaco_message_v2.hrl").
-else.
-include_lib("megaco/include/megaco_message_v3.hrl").
-endif.

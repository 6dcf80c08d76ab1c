"""The recovery drill: many packets on their way while parts of the stack are killed, and no one helps."""

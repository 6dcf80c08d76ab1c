/** Calls of the portal that wait until a test answers them. */
import { waitFor } from "@testing-library/react";
import { vi } from "vitest";

export interface Asked {
  method: string;
  address: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  answer: (status: number, facts?: object) => void;
}

/** The calls no one has taken yet. Empty them by `intercept` before each test. */
export const asked: Asked[] = [];

/** Take the place of the network until `vi.unstubAllGlobals`. */
export function intercept(): void {
  asked.length = 0;
  vi.stubGlobal("fetch", (address: string, { method = "GET", headers, body }: RequestInit) => {
    return new Promise<Response>((resolve) => {
      asked.push({
        method,
        address,
        headers: headers as Record<string, string>,
        body: typeof body === "string" ? JSON.parse(body) : {},
        answer: (status, facts = {}) => resolve(new Response(JSON.stringify(facts), { status })),
      });
    });
  });
}

/** The next call that no one has taken yet, once it is made. */
export async function next(method: string, address: string | RegExp): Promise<Asked> {
  return waitFor(() => {
    const place = asked.findIndex((one) => one.method === method && one.address.match(address));
    if (place < 0) throw new Error(`no ${method} ${address} yet`);
    return asked.splice(place, 1)[0] as Asked;
  });
}

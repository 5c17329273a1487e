/** The other processes of this gateway, on this machine or others. What is told may be lost, and costs nobody a wait. */
export type Peers = {
  /** At most 6,000 bytes. */
  readonly tell: (text: string) => void;
  readonly onTold: (listener: (text: string) => void) => void;
};

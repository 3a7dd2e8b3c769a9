/** Express 4 under a name of its own, beside Express 5: what is used of it here has the same types. */
declare module "express4" {
  import express from "express";

  const express4: typeof express;
  export default express4;
}

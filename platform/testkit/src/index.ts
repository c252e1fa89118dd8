export { type Caller, type Response, type TestApp, type TestAppOptions, type TestClient, testApp } from './app.ts'
export { defer, type Test } from './cleanup.ts'
export { testDatabase, testServerUrl } from './database.ts'

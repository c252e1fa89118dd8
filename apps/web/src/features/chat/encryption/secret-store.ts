/** The keys of encrypted rooms, in this browser's IndexedDB; Web Locks serialize the tabs. */
import type { SecretStore } from '@octet/encryption-client'
import { secretsPrefix } from '../../../shared/storage.ts'

const storeName = 'secrets'
const openTimeoutMs = 5_000

/** One database per account. Rejects where the browser allows none, as in some private windows. */
export async function openSecretStore(userId: string): Promise<SecretStore> {
  const database = await openDatabase(`${secretsPrefix}${userId}`)
  return {
    async get(key) {
      const value: unknown = await settled(database.transaction(storeName).objectStore(storeName).get(key))
      return value instanceof Uint8Array ? value : undefined
    },
    put: entries =>
      new Promise((resolve, reject) => {
        const transaction = database.transaction(storeName, 'readwrite', { durability: 'strict' })
        transaction.oncomplete = () => resolve()
        transaction.onerror = () => reject(transaction.error)
        transaction.onabort = () => reject(transaction.error)
        const store = transaction.objectStore(storeName)
        for (const [key, value] of entries) {
          if (value === undefined) store.delete(key)
          else store.put(value, key)
        }
      }),
    exclusive: (name, work) => navigator.locks.request(`octet ${userId} ${name}`, work),
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the browser does not open its storage')), openTimeoutMs)
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(storeName)
    request.onsuccess = () => {
      clearTimeout(timer)
      // Another tab that wants to delete it must not wait for this one.
      request.result.onversionchange = () => request.result.close()
      resolve(request.result)
    }
    request.onerror = () => {
      clearTimeout(timer)
      reject(request.error)
    }
  })
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
